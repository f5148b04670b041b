import * as lark from '@larksuiteoapi/node-sdk';
import { z } from 'zod';
import { FeishuError } from './errors.ts';
import { MAX_ANSWER_BYTES } from './exchange.ts';

/** What the person who scans the QR code is asked to grant to the new app. */
export type Addons = lark.AppAddons;

/** An app that was just created. */
export interface RegisteredApp {
  appId: string;
  appSecret: string;
  /** Which of Feishu's two worlds the person's company is in. */
  brand: 'feishu' | 'lark';
}

/** Why no app was created. */
export class RegistrationFailed extends Error {
  readonly code: 'denied' | 'expired';

  constructor(code: 'denied' | 'expired') {
    super(code === 'denied' ? 'the person refused' : 'nobody scanned the QR code in time');
    this.name = 'RegistrationFailed';
    this.code = code;
  }
}

export interface RegistrationOptions {
  accountsUrl: string;
  name: string;
  addons: Addons;
  /** Gives up waiting. */
  signal: AbortSignal;
  /** Called once with the link behind the QR code; it is good for `expiresInMs` milliseconds. */
  onLink(link: { url: string; expiresInMs: number }): void;
  /** Milliseconds after which one call is over; 10 s by default. */
  callMs?: number;
}

const CALL_MS = 10_000;

/**
 * Creates an app: gives a link, and resolves when somebody has opened and approved it. Rejects with
 * {@link RegistrationFailed} or a FeishuError.
 */
export async function registerApp(options: RegistrationOptions): Promise<RegisteredApp> {
  const release = directSdk(options);
  try {
    const { client_id, client_secret, user_info } = await lark.registerApp({
      domain: new URL(options.accountsUrl).host,
      source: 'feishu-skill-bot',
      signal: options.signal,
      appPreset: { name: options.name },
      addons: options.addons,
      createOnly: true,
      onQRCodeReady: ({ url, expireIn }) => options.onLink({ url, expiresInMs: expireIn * 1000 }),
    });
    return { appId: client_id, appSecret: client_secret, brand: user_info?.tenant_brand ?? 'feishu' };
  } catch (error) {
    throw failureFor(error);
  } finally {
    release();
  }
}

/**
 * The SDK registers over an http client of its own, without a time-out, and always over https: while an app is being
 * registered, its requests go to the configured address, and its failures become ours.
 */
function directSdk({ accountsUrl, callMs = CALL_MS }: RegistrationOptions): () => void {
  const { request, response } = lark.defaultHttpInstance.interceptors;
  const origin = `https://${new URL(accountsUrl).host}`;
  const directed = request.use((config) => ({
    ...config,
    url: config.url?.replace(origin, accountsUrl) ?? '',
    // Its own time-out is one of silence: it would wait for an answer that drips.
    signal: AbortSignal.timeout(callMs),
    maxContentLength: MAX_ANSWER_BYTES,
    maxRedirects: 0,
    proxy: false as const,
  }));
  // Answers have lost their envelope by then: the SDK's own interceptor ran first.
  const judged = response.use(
    (data) => {
      if (!AnyObject.safeParse(data).success) throw notFeishu(200);
      return data;
    },
    (error: unknown) => {
      if (isLostPoll(error)) return PENDING;
      throw unanswered(error);
    },
  );
  return () => {
    request.eject(directed);
    response.eject(judged);
  };
}

const AnyObject = z.looseObject({});

/** A question that got no answer is asked again, as if nobody had scanned yet. */
const PENDING = { error: 'authorization_pending' };

/** What the SDK's http client rejects with. */
const HttpFailure = z.object({
  isAxiosError: z.literal(true),
  code: z.string().optional(),
  config: z.object({ data: z.unknown() }).optional(),
  response: z.object({ status: z.number(), data: z.unknown() }).optional(),
});

/** With this and no answer, the SDK's http client says that there was too much of it. */
const TOO_LARGE = 'ERR_BAD_RESPONSE';

function isLostPoll(error: unknown): boolean {
  const failure = HttpFailure.safeParse(error).data;
  if (!failure || failure.response || failure.code === TOO_LARGE) return false;
  return String(failure.config?.data).includes('action=poll');
}

const notFeishu = (httpStatus: number) =>
  new FeishuError('unexpected', `HTTP ${httpStatus} without the documented answer`, { httpStatus });

/** A refusal of the registration is an answer, which the SDK reads; everything else is a failed call. */
function unanswered(error: unknown): unknown {
  const failure = HttpFailure.safeParse(error).data;
  if (!failure) return error;
  const { response, code = 'no answer' } = failure;
  if (!response) return new FeishuError(code === TOO_LARGE ? 'unexpected' : 'unreachable', code);
  return Refusal.safeParse(response.data).success ? error : notFeishu(response.status);
}

/** What the SDK throws: a plain object with an OAuth error, or whatever went wrong on the way. */
const Refusal = z.object({ error: z.string() });
const SdkError = z.object({ code: z.string(), description: z.string().optional() });

function failureFor(error: unknown): Error {
  if (error instanceof FeishuError) return error;
  const said = SdkError.safeParse(error);
  if (!said.success || error instanceof Error) return new FeishuError('unexpected', 'the registration did not begin');
  const { code, description } = said.data;
  if (code === 'access_denied') return new RegistrationFailed('denied');
  if (code === 'expired_token') return new RegistrationFailed('expired');
  return new FeishuError('unexpected', description ?? code);
}
