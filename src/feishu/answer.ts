import { z } from 'zod';

/** What came back from Feishu, whatever the HTTP status. */
export class Answer {
  /** Which call it answers, without ids. */
  readonly route: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The body: JSON where it is some, else text. */
  readonly data: unknown;

  constructor({ route, status, headers, data }: Pick<Answer, 'route' | 'status' | 'headers' | 'data'>) {
    this.route = route;
    this.status = status;
    this.headers = headers;
    this.data = data;
  }

  get isSuccess(): boolean {
    return this.status >= 200 && this.status <= 299;
  }
}

/** The number that says what an answer is. One page of the platform types it as a text (get-user-access-token). */
export const Code = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

// Made once: the first use of a schema compiles it.
const Coded = z.object({ code: Code });
const LogId = z.string();

export const codeOf = (data: unknown): number | undefined => Coded.safeParse(data).data?.code;

/** Milliseconds that a rate-limited answer asks to wait (ukTMukTMukTM/uUzN04SN3QjL1cDN). */
export function pauseAskedFor({ headers }: Pick<Answer, 'headers'>): number | undefined {
  const seconds = Number(headers['x-ogw-ratelimit-reset'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** What names an answer in Feishu's own logs. */
export const logIdOf = ({ headers }: Answer): string | undefined => LogId.safeParse(headers['x-tt-logid']).data;
