/** An answer of an endpoint. `log_id` and `x-tt-logid` are added on the way out. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers?: Record<string, string>;
}

export const success = (data: Record<string, unknown>, msg = 'success'): Answer => ({
  status: 200,
  body: { code: 0, msg, data },
});

/** `error` becomes the `error` object beside the log id. */
export const failure = (status: number, code: number, msg: string, error: Record<string, unknown> = {}): Answer => ({
  status,
  body: { code, msg, error },
});

/** Failures of the token endpoint: no `msg`, no log id in the body. */
export const oauthFailure = (code: number, error: string, description: string, status = 400): Answer => ({
  status,
  body: { code, error, error_description: description },
});

/** Failures of the device flow, known by their word: no code. */
export const deviceFailure = (error: string, status = 400): Answer => ({
  status,
  body: { error, error_description: `The request was refused: ${error}.` },
});
