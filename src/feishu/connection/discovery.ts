import { z } from 'zod';
import { type Answer, logIdOf } from '../answer.ts';
import { FeishuError, type FeishuErrorKind } from '../errors.ts';
import { failureOf } from '../failure.ts';
import type { Http } from '../http.ts';
import type { HttpRequest } from '../outgoing.ts';

/** Seconds; what the SDK takes for itself where Feishu says nothing. */
const ClientConfig = z.object({
  ReconnectCount: z.number().default(-1),
  ReconnectInterval: z.number().default(120),
  ReconnectNonce: z.number().default(30),
  PingInterval: z.number().positive().default(120),
});

const Endpoint = z.object({
  code: z.literal(0),
  msg: z.string().optional(),
  data: z.object({ URL: z.string(), ClientConfig: ClientConfig.prefault({}) }),
});

/** Where to connect, in the form that the SDK reads. The address lets somebody in: it carries a ticket. */
export type Endpoint = z.infer<typeof Endpoint>;

/** What the codes of the discovery mean; they are the SDK's own table, no document has them. */
const KINDS: ReadonlyMap<number | undefined, FeishuErrorKind> = new Map([
  [1, 'unavailable'],
  [403, 'no-access'],
  [514, 'app-credentials'],
  [1000040343, 'unavailable'],
  [1000040345, 'unavailable'],
  [1000040350, 'rate-limited'],
]);

/**
 * Asks where the long connection of the app is to be opened; `request` is as the SDK makes it. Every failure is a
 * FeishuError: left to itself, the SDK takes a wrong secret for something that passes, and a busy Feishu for the end.
 */
export async function discover(http: Http, request: HttpRequest): Promise<Endpoint> {
  const answer = await http.request(request);
  const parsed = Endpoint.safeParse(answer.data);
  if (parsed.success && isSafe(parsed.data.data.URL, request.url ?? '')) return parsed.data;
  if (parsed.success || codeIsZero(answer)) {
    throw new FeishuError('unexpected', 'the answer is not as documented', { logId: logIdOf(answer) });
  }
  throw failureOf(answer, (code, status) => KINDS.get(code) ?? (status >= 500 ? 'unavailable' : 'unexpected'));
}

const codeIsZero = ({ data }: Answer): boolean => z.object({ code: z.literal(0) }).safeParse(data).success;

/** Not encrypted only where the API is not either, which the configuration allows on loopback. */
const isSafe = (address: string, askedAt: string): boolean =>
  address.startsWith('wss://') || (address.startsWith('ws://') && askedAt.startsWith('http://'));

/** What happened and what to do, for the log and for who asks whether the bot is ready. */
export function adviceFor({ kind, code, httpStatus, message }: FeishuError): string {
  const named = code ?? (httpStatus === undefined ? message : `HTTP ${httpStatus}`);
  switch (kind) {
    case 'app-credentials':
      return `Feishu refuses the app (${named}): correct FEISHU_APP_ID and FEISHU_APP_SECRET`;
    case 'no-access':
      return `Feishu allows this app no long connection (${named}): it has to be a custom app with the bot ability, in a published version`;
    case 'rate-limited':
      return `the app has too many long connections (${named}): stop other processes that use it, 50 are allowed`;
    case 'unavailable':
      return `Feishu is busy (${named}): tried again by itself`;
    case 'unreachable':
    case 'no-answer':
      return `Feishu cannot be reached (${named}): check the network and FEISHU_BASE_URL`;
    default:
      return `Feishu refuses the long connection (${named}: ${message.slice(0, 200)}): check the app in the developer console, and FEISHU_BASE_URL`;
  }
}
