import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { Sandbox } from '../types.ts';
import { ACTS } from './controlActs.ts';

type Look = (sandbox: Sandbox, query: Record<string, unknown>) => unknown;

const LOOKS: Record<string, Look> = {
  messages: ({ messages }, { chat }) => ({ messages: messages(typeof chat === 'string' ? chat : undefined) }),
  calls: ({ calls }) => ({ calls: calls.all() }),
  deliveries: ({ deliveries }) => ({ deliveries: deliveries.all() }),
  faults: ({ faults }) => ({ faults: faults.list() }),
  state: ({ people, bot, chats, desk, settings, url }) => ({
    url,
    people,
    bot,
    chats: { group: chats.group, p2p: chats.p2p },
    desk: desk.name,
    skills: desk.skills(),
    rules: desk.rules,
    agents: desk.agents,
    settings,
  }),
};

/** JSON over loopback for a terminal or a page. `get` gives the sandbox once it listens. */
export function controlRoutes(get: () => Sandbox | undefined): Router {
  const router = Router();
  const route = (work: (sandbox: Sandbox, request: Request) => unknown): RequestHandler => {
    return async (request, response) => {
      const sandbox = get();
      if (!sandbox) return refuse(response, 503, 'the sandbox is starting');
      try {
        response.json(await work(sandbox, request));
      } catch (error) {
        refuse(response, 400, messageOf(error));
      }
    };
  };
  router.use('/sandbox', onlyLocal);
  for (const [name, look] of Object.entries(LOOKS)) {
    router.get(
      `/sandbox/${name}`,
      route((sandbox, request) => look(sandbox, { ...request.query })),
    );
  }
  for (const [name, act] of Object.entries(ACTS)) {
    router.post(
      `/sandbox/${name}`,
      route((sandbox, request) => act.run(sandbox, request.body)),
    );
  }
  router.delete(
    '/sandbox/faults',
    route(({ faults }) => {
      faults.clear();
      return { faults: faults.list() };
    }),
  );
  return router;
}

function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error });
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : 'unknown error';
}

const LOOPBACK = /^(?:127(?:\.\d+){3}|::1|::ffff:127(?:\.\d+){3})$/;
const LOCAL_HOST = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/** Refuses other machines, other sites' pages (Origin, form posts) and names that only resolve to loopback (Host). */
const onlyLocal: RequestHandler = (request, response, next) => {
  const { origin, host = '' } = request.headers;
  const isLocal = LOOPBACK.test(request.socket.remoteAddress ?? '') && LOCAL_HOST.test(host);
  const isSameSite = origin === undefined || origin === `http://${host}`;
  if (!isLocal || !isSameSite) return refuse(response, 403, 'the control API is for this machine only');
  if (request.method === 'POST' && !request.is('application/json')) return refuse(response, 415, 'send JSON');
  next();
};
