import type { Needs, RequestHeaders } from './access.ts';
import type { Answer } from './answers.ts';

/** What a handler may know of a request. */
export interface ApiRequest {
  /** `seq` in the call log. */
  callSeq: number;
  params: Record<string, string>;
  query: Record<string, unknown>;
  /** Parsed JSON or form fields; undefined without a body. */
  body: unknown;
  headers: RequestHeaders;
  /** Whose user token it is. */
  userOpenId: string | undefined;
}

/** One route of the open API: data and a function. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The pattern, with `:name` parameters. */
  route: string;
  needs: Needs;
  /** The message whose card the call is to update, when it names one. */
  updates?(request: ApiRequest): string | undefined;
  handle(request: ApiRequest): Answer | Promise<Answer>;
}

/** One turn of the event loop or two: lets an answer that is already on the wire arrive first. */
export async function afterArrivals(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
