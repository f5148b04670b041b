import { z } from 'zod';
import { type Answer, codeOf, logIdOf, pauseAskedFor } from './answer.ts';
import { kindOf } from './codes.ts';
import { FeishuError, type FeishuErrorKind } from './errors.ts';

const text = z.string().min(1).optional().catch(undefined);

const Challenge = z.object({ challenge_url: text });

/** Both documented forms of a missing permission are read. */
const Violation = z
  .object({ subject: z.string().nullish(), scope: z.string().nullish() })
  .transform(({ subject, scope }) => subject ?? scope ?? undefined);

/** The login endpoints have a word here where the API has an object. */
const Detail = Challenge.extend({
  log_id: text,
  logid: text,
  permission_violations: z.array(Violation).optional().catch(undefined),
  data: Challenge.optional().catch(undefined),
});

/** What a refusal says of itself; whatever is missing or of another form is left out. */
const Refusal = Challenge.extend({
  msg: text,
  error_description: text,
  error: Detail.optional().catch(undefined),
  data: Challenge.optional().catch(undefined),
});
type Refusal = z.infer<typeof Refusal>;

const OAuthRefusal = z.object({ error: z.string().min(1) });

/** The word with which a login endpoint refuses, if the answer has one. */
export const oauthErrorIn = ({ data }: Answer): string | undefined => OAuthRefusal.safeParse(data).data?.error;

/** A refusal as an error. `kindFor` says what a code (or else the status, or a word) means at this endpoint. */
export function failureOf(
  answer: Answer,
  kindFor: (code: number | undefined, httpStatus: number, oauthError?: string) => FeishuErrorKind = kindOf,
): FeishuError {
  const code = codeOf(answer.data);
  const oauthError = oauthErrorIn(answer);
  const kind = kindFor(code, answer.status, oauthError);
  const said: Refusal = Refusal.safeParse(answer.data).data ?? {};
  const sentence = said.error_description ?? said.msg ?? `HTTP ${answer.status}`;
  const isPolicy = kind === 'access-policy';
  return new FeishuError(kind, isPolicy ? withoutAddresses(sentence) : sentence, {
    route: answer.route,
    code,
    oauthError,
    httpStatus: answer.status,
    logId: logIdOf(answer) ?? said.error?.log_id ?? said.error?.logid,
    scopes: said.error?.permission_violations?.flatMap((scope) => scope ?? []),
    retryAfterMs: pauseAskedFor(answer),
    checkUrl: isPolicy ? challengeIn(said) : undefined,
  });
}

/** What Feishu says of a policy may hold the address as well, and is logged and shown to everybody. */
const withoutAddresses = (sentence: string): string => sentence.replace(/https?:\S+/gi, '…');

/** Far longer than such an address is; a card has its limits. */
const LONGEST_ADDRESS = 2_000;

/** The address of the check that an access policy wants; its place in the answer is not documented. */
function challengeIn({ challenge_url, data, error }: Refusal): string | undefined {
  const given = challenge_url ?? data?.challenge_url ?? error?.challenge_url ?? error?.data?.challenge_url;
  // It has been seen between backticks.
  const bare = given?.replace(/^[\s`]+|[\s`]+$/g, '') ?? '';
  const url = URL.canParse(bare) ? new URL(bare) : undefined;
  return url?.protocol === 'https:' && url.href.length <= LONGEST_ADDRESS ? url.href : undefined;
}
