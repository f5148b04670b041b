import { z } from 'zod';
import { checkCard } from '../cardRules/check.ts';
import type { CardJson } from '../json.ts';
import { isObject, parseJson } from '../json.ts';
import type { PostResult } from '../pushes/post.ts';

export interface Toast {
  type: 'info' | 'success' | 'warning' | 'error';
  content: string;
  i18n?: Record<string, string>;
}

export type CallbackAnswer =
  | { status: 'ok'; toast?: Toast; card?: CardJson }
  | { status: 'error'; code: number; message: string };

const toastSchema = z.strictObject({
  type: z.enum(['info', 'success', 'warning', 'error']),
  content: z.string(),
  i18n: z.record(z.string(), z.string()).optional(),
});

const answerSchema = z.strictObject({
  toast: toastSchema.optional(),
  card: z.strictObject({ type: z.literal('raw'), data: z.record(z.string(), z.unknown()) }).optional(),
});

const failed = (code: number, message: string): CallbackAnswer => ({ status: 'error', code, message });

/**
 * What a client makes of the bot's answer to a card callback. `knowsPerson` tells whether an open_id exists.
 * Source of the codes: /uAjLw4CM/ukzMukzMukzM/feishu-cards/card-callback-communication
 */
export function readCallbackAnswer(result: PostResult, knowsPerson: (id: string) => boolean): CallbackAnswer {
  if (result.kind !== 'answer') return failed(result.kind === 'timeout' ? 200341 : 200342, result.error);
  if (result.status !== 200) return failed(200671, `HTTP ${result.status}`);
  if (result.lacksData) return failed(108002, 'the answer over the long connection has no data');
  const parsed = answerSchema.safeParse(parseJson(result.body));
  if (!parsed.success) return failed(200672, z.prettifyError(parsed.error));
  const { toast, card } = parsed.data;
  if (card && card.data.schema !== '2.0') return failed(200830, 'a 2.0 card cannot be replaced by a 1.0 card');
  const problem = card ? checkCard(card.data, knowsPerson) : undefined;
  if (problem) return failed(200673, problem.message);
  return { status: 'ok', ...(toast ? { toast: toToast(toast) } : {}), ...(card ? { card: card.data } : {}) };
}

function toToast(toast: z.infer<typeof toastSchema>): Toast {
  const { type, content, i18n } = toast;
  return { type, content, ...(isObject(i18n) ? { i18n } : {}) };
}
