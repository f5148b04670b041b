import { z } from 'zod';
import { checkCard, MAX_CARD_BYTES } from '../cardRules/check.ts';
import type { CardJson } from '../json.ts';
import { isObject, parseJson } from '../json.ts';
import { type Answer, failure } from './answers.ts';

const MAX_TEXT_BYTES = 150 * 1024;

const textSchema = z.object({ text: z.string().min(1) });
const postBody = z.object({
  title: z.string().optional(),
  content: z.array(z.array(z.record(z.string(), z.unknown()))),
});
const postSchema = z.record(z.enum(['zh_cn', 'en_us', 'ja_jp', 'zh_hk', 'zh_tw']), postBody.optional());

export type ContentCheck = { ok: true; card?: CardJson } | { ok: false; answer: Answer };

const refused = (code: number, msg: string): ContentCheck => ({ ok: false, answer: failure(400, code, msg) });

/** Checks `content` of a message that the bot sends. Codes: /uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/create */
export function checkContent(msgType: string, content: string, knowsPerson: (id: string) => boolean): ContentCheck {
  const limit = msgType === 'text' ? MAX_TEXT_BYTES : MAX_CARD_BYTES;
  if (Buffer.byteLength(content) > limit)
    return refused(230025, 'The length of the message content reaches its limit.');
  if (msgType === 'interactive') return checkCardContent(content, knowsPerson);
  if (msgType !== 'text' && msgType !== 'post')
    return refused(230054, `the local Feishu does not send messages of type ${msgType}`);
  const parsed = (msgType === 'text' ? textSchema : postSchema).safeParse(parseJson(content));
  return parsed.success ? { ok: true } : refused(230001, `invalid content of a ${msgType} message`);
}

function checkCardContent(content: string, knowsPerson: (id: string) => boolean): ContentCheck {
  const card = parseJson(content);
  if (!isObject(card))
    return rejectedCard(200621, 'parse card json err, please check whether the card json is correct');
  const problem = checkCard(card, knowsPerson);
  return problem ? rejectedCard(problem.code, problem.message) : { ok: true, card };
}

const rejectedCard = (code: number, message: string): ContentCheck =>
  refused(230099, `Failed to create card content, ext=ErrCode: ${code}; ErrMsg: ${message};`);
