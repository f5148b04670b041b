import { type Request, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { createChanges } from '../state/changes.ts';
import type { PageOptions, Sandbox } from '../types.ts';
import { ACTS } from './controlActs.ts';
import { botBody } from './controlBodies.ts';
import { onlyLocal, refuse } from './onlyLocal.ts';
import { streamTo } from './stream.ts';

type Look = (sandbox: Sandbox, query: Record<string, unknown>) => unknown;

const LOOKS: Record<string, Look> = {
  messages: ({ messages }, { chat }) => ({ messages: messages(typeof chat === 'string' ? chat : undefined) }),
  calls: ({ calls }) => ({ calls: calls.all() }),
  effects: ({ effects }) => ({ effects: effects.all() }),
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
export function controlRoutes(get: () => Sandbox | undefined, page: PageOptions = {}): Router {
  const router = Router();
  // Not every act changes what the sandbox itself tells of: armed faults, settings, a bot that ended.
  const acted = createChanges();
  page.bot?.onChange(acted.emit);
  const route = (work: (sandbox: Sandbox, request: Request) => unknown): RequestHandler => {
    return async (request, response) => {
      const sandbox = get();
      if (!sandbox) return refuse(response, 503, STARTING);
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
      route(async (sandbox, request) => {
        const result = await act.run(sandbox, request.body);
        acted.emit();
        return result;
      }),
    );
  }
  router.delete(
    '/sandbox/faults',
    route(({ faults }) => {
      faults.clear();
      acted.emit();
      return { faults: faults.list() };
    }),
  );
  router.post(
    '/sandbox/bot',
    route(async (_sandbox, request) => {
      const { run } = botBody.parse(request.body);
      if (!page.bot) throw new Error('this host cannot kill the bot');
      await (run === 'kill' ? page.bot.kill() : page.bot.start());
      return { running: page.bot.isRunning() };
    }),
  );
  router.get('/sandbox/stream', (_request, response) => {
    const sandbox = get();
    if (sandbox) streamTo(response, sandbox, page, acted);
    else refuse(response, 503, STARTING);
  });
  return router;
}

const STARTING = 'the sandbox is starting';

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : 'unknown error';
}
