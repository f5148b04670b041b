import express, { type ErrorRequestHandler, type Express, type Router } from 'express';
import { errorMessage } from '../lib/errorMessage.ts';
import type { Logger } from '../lib/logger.ts';
import type { Readiness } from './readiness.ts';

export interface ServerParts {
  routers: readonly Router[];
  readiness: Readiness;
  logger: Logger;
}

/** The HTTP application: health, readiness, and the routers of the other parts. */
export function createServer({ routers, readiness, logger }: ServerParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  // Nothing here reads a query as nested objects.
  app.set('query parser', 'simple');

  for (const router of routers) app.use(router);
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', async (_request, response) => {
    const problems = await readiness();
    const ready = Object.keys(problems).length === 0;
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', ...(!ready && { problems }) });
  });
  app.use((_request, response) => {
    response.status(404).json({ error: 'not_found' });
  });
  app.use(failures(logger));
  return app;
}

/** The one place where an error of the HTTP layer becomes a status. Nothing of the request is shown or logged. */
const failures =
  (logger: Logger): ErrorRequestHandler =>
  (error: unknown, _request, response, next) => {
    const status = statusOf(error);
    if (status >= 500) logger.error({ reason: errorMessage(error) }, 'request failed');
    if (response.headersSent) {
      next(error);
      return;
    }
    response.status(status).json({ error: NAMES[status] ?? 'bad_request' });
  };

const NAMES: Readonly<Record<number, string>> = { 413: 'too_large', 415: 'unsupported_encoding', 500: 'internal' };

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
