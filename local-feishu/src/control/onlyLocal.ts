import type { RequestHandler, Response } from 'express';

/** Answers an error in the form of the control API. */
export function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error });
}

const LOOPBACK = /^(?:127(?:\.\d+){3}|::1|::ffff:127(?:\.\d+){3})$/;
const LOCAL_HOST = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/** Refuses other machines, other sites' pages (Origin, form posts) and names that only resolve to loopback (Host). */
export const onlyLocal: RequestHandler = (request, response, next) => {
  const { origin, host = '' } = request.headers;
  const isLocal = LOOPBACK.test(request.socket.remoteAddress ?? '') && LOCAL_HOST.test(host);
  const isSameSite = origin === undefined || origin === `http://${host}`;
  if (!isLocal || !isSameSite) return refuse(response, 403, 'the control API is for this machine only');
  if (request.method === 'POST' && !request.is('application/json')) return refuse(response, 415, 'send JSON');
  next();
};
