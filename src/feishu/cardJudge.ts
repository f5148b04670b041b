import { z } from 'zod';
import type { FeishuClient } from './client.ts';
import type { CardJson } from './messages.ts';

/** Without this, an app cannot have its cards judged (cardkit-v1/card/create). */
export const JUDGE_SCOPE = 'cardkit:card:write';

/** Feishu's own judgement of a card, without anybody seeing it. */
export interface CardJudge {
  /** Rejects with a FeishuError when Feishu refuses the card. */
  judge(card: CardJson): Promise<void>;
}

const Made = z.object({ data: z.object({ card_id: z.string() }) });

/** Makes a card entity of it, which is sent nowhere and gone after 14 days. */
export const createCardJudge = (client: FeishuClient): CardJudge => ({
  async judge(card) {
    const data = { type: 'card_json', data: JSON.stringify(card) };
    await client.asApp(Made, (sdk, options) => sdk.cardkit.v1.card.create({ data }, options));
  },
});
