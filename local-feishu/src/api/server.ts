import { createServer, type Server } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type Router } from 'express';
import { exactNumbers } from '../exactNumbers.ts';
import { failure } from './answers.ts';
import type { Endpoint } from './endpoint.ts';
import { type GatewayParts, gateway } from './gateway.ts';

const BODY_LIMIT = '2mb';

/** The HTTP application: pages first, then the open API, then 404. */
export function createApplication(parts: GatewayParts, endpoints: Endpoint[], pages: Router[]): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(...exactNumbers(BODY_LIMIT), express.urlencoded({ limit: BODY_LIMIT, extended: false }));
  for (const router of pages) app.use(router);
  for (const endpoint of endpoints) {
    const handler = gateway(parts, endpoint);
    if (endpoint.method === 'GET') app.get(endpoint.route, handler);
    else if (endpoint.method === 'POST') app.post(endpoint.route, handler);
    else if (endpoint.method === 'PATCH') app.patch(endpoint.route, handler);
    else app.delete(endpoint.route, handler);
  }
  app.use(gateway(parts, unknownPath));
  app.use(badBody);
  return app;
}

const unknownPath: Endpoint = {
  method: 'GET',
  route: '*',
  needs: { token: 'none' },
  handle: () => failure(404, 404, '404 page not found'),
};

/** Express tells an error handler by its four parameters. */
const badBody: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const isParser = error instanceof Error && 'type' in error;
  const { status, body } = isParser
    ? failure(400, 99992402, 'the request body cannot be read')
    : failure(500, 2200, 'internal error of the local Feishu');
  response.status(status).json(body);
};

export interface Listening {
  server: Server;
  url: string;
  close(): Promise<void>;
}

/** Listens; port 0 takes any free one. Rejects when the port is taken. */
export async function listen(app: Express, host: string, port: number): Promise<Listening> {
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    server,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
