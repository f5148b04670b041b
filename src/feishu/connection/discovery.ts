import { z } from 'zod';
import { type Answer, logIdOf } from '../answer.ts';
import { FeishuError, type FeishuErrorKind } from '../errors.ts';
import { failureOf } from '../failure.ts';
import type { Http } from '../http.ts';
import { type ConnectionSettings, readSettings } from './settings.ts';

/** The app that connects, and where Feishu is asked. */
export interface ConnectingApp {
  appId: string;
  appSecret: string;
  baseUrl: string;
}

/** Where to connect and how to behave there. The address lets somebody in: it carries a ticket. */
export interface Discovered {
  url: string;
  settings: ConnectionSettings;
}

export const DISCOVERY_ROUTE = 'POST /callback/ws/endpoint';

/** "Incorrect domain name": the app belongs to the other cloud, Lark instead of Feishu or the other way round. */
export const OTHER_CLOUD = 1000040351;

/** What the codes of the discovery and of the handshake mean; they are those of Feishu's SDKs, no document has them. */
const KINDS: ReadonlyMap<number | undefined, FeishuErrorKind> = new Map([
  [1, 'unavailable'],
  [403, 'no-access'],
  [514, 'app-credentials'],
  [1000040343, 'unavailable'],
  [1000040345, 'unavailable'],
  [1000040350, 'rate-limited'],
  [OTHER_CLOUD, 'app-credentials'],
]);

export const kindOfCode = (code: number | undefined, httpStatus: number): FeishuErrorKind =>
  KINDS.get(code) ?? (httpStatus >= 500 ? 'unavailable' : 'unexpected');

const Endpoint = z.object({
  code: z.literal(0),
  data: z.object({ URL: z.string(), ClientConfig: z.unknown().optional() }),
});

/**
 * Asks where the long connection of the app is to be opened; `inForce` holds where Feishu says nothing. Every failure is a
 * FeishuError.
 */
export async function discover(http: Http, app: ConnectingApp, inForce: ConnectionSettings): Promise<Discovered> {
  const answer = await http.request({
    method: 'POST',
    url: `${app.baseUrl}/callback/ws/endpoint`,
    headers: { locale: 'zh' },
    data: { AppID: app.appId, AppSecret: app.appSecret },
  });
  const parsed = Endpoint.safeParse(answer.data);
  if (parsed.success && isSafe(parsed.data.data.URL, app.baseUrl)) {
    const { URL: url, ClientConfig } = parsed.data.data;
    return { url, settings: readSettings(ClientConfig, inForce) };
  }
  if (parsed.success || codeIsZero(answer)) {
    const details = { route: answer.route, logId: logIdOf(answer) };
    throw new FeishuError('unexpected', 'the answer is not as documented', details);
  }
  throw failureOf(answer, kindOfCode);
}

const codeIsZero = ({ data }: Answer): boolean => z.object({ code: z.literal(0) }).safeParse(data).success;

/** Not encrypted only where the API is not either, which the configuration allows on loopback. */
const isSafe = (address: string, baseUrl: string): boolean =>
  URL.canParse(address) &&
  (address.startsWith('wss://') || (address.startsWith('ws://') && baseUrl.startsWith('http://')));
