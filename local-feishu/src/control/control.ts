import { type Request, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Core } from '../core.ts';
import type { LocalFeishu } from '../handle.ts';
import type { PageOptions } from '../pageOptions.ts';
import type { Joined } from '../plugin.ts';
import { createChanges } from '../state/changes.ts';
import type { Act } from './act.ts';
import { actsOn } from './acts.ts';
import { botBody } from './bodies.ts';
import { onlyLocal, refuse } from './onlyLocal.ts';
import { type Shown, snapshotOf } from './snapshot.ts';
import { streamTo } from './stream.ts';

type Look = (query: Record<string, unknown>) => unknown;

export interface ControlParts {
  core: Core;
  joined: readonly Joined<object>[];
  page: PageOptions;
}

/** JSON over loopback for a terminal or a page. `get` gives the local Feishu once it listens. */
export function controlRoutes(get: () => LocalFeishu | undefined, parts: ControlParts): Router {
  const { joined, page } = parts;
  const router = Router();
  // Not every act changes what the local Feishu itself tells of: armed faults, settings, a bot that ended.
  const acted = createChanges();
  page.bot?.onChange(acted.emit);
  const route = (work: (feishu: LocalFeishu, request: Request) => unknown): RequestHandler => {
    return async (request, response, next) => {
      const feishu = get();
      if (!feishu) return refuse(response, 503, STARTING);
      try {
        const answer = await work(feishu, request);
        if (answer === NOTHING_HERE) next();
        else response.json(answer);
      } catch (error) {
        refuse(response, 400, messageOf(error));
      }
    };
  };
  router.use('/sandbox', onlyLocal);
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
    route(async (_feishu, request) => {
      const { run } = botBody.parse(request.body);
      if (!page.bot) throw new Error('this host cannot kill the bot');
      await (run === 'kill' ? page.bot.kill() : page.bot.start());
      return { running: page.bot.isRunning() };
    }),
  );
  router.get('/sandbox/stream', (_request, response) => {
    const feishu = get();
    if (feishu) streamTo(response, feishu, () => snapshotOf(shownOf(feishu, parts)), acted);
    else refuse(response, 503, STARTING);
  });
  router.get(
    '/sandbox/:name',
    route((feishu, { params, query }) => {
      const look = named(looksAt(feishu, parts), params.name);
      return look ? look({ ...query }) : NOTHING_HERE;
    }),
  );
  router.post(
    '/sandbox/:name',
    route(async (feishu, { params, body }) => {
      const act = named<Act>(Object.assign(actsOn(feishu, joined), ...joined.map(({ acts }) => acts)), params.name);
      if (!act) return NOTHING_HERE;
      const result = await act.run(body);
      acted.emit();
      return result;
    }),
  );
  return router;
}

const STARTING = 'the local Feishu is starting';
const NOTHING_HERE = Symbol('nothing here');

const named = <Entry>(entries: Record<string, Entry>, name: unknown): Entry | undefined =>
  typeof name === 'string' && Object.hasOwn(entries, name) ? entries[name] : undefined;

const shownOf = (feishu: LocalFeishu, { core, joined, page }: ControlParts): Shown => ({
  feishu,
  page,
  members: core.directory.members,
  added: Object.assign({}, ...joined.map((plugin) => plugin.shown?.())),
});

function looksAt(feishu: LocalFeishu, { core, joined }: ControlParts): Record<string, Look> {
  const { people, bot, chats, settings, url } = feishu;
  const looks: Record<string, Look> = {
    messages: ({ chat }) => ({ messages: feishu.messages(typeof chat === 'string' ? chat : undefined) }),
    calls: () => ({ calls: feishu.calls.all() }),
    deliveries: () => ({ deliveries: feishu.deliveries.all() }),
    faults: () => ({ faults: feishu.faults.list() }),
    state: () => ({
      url,
      people,
      members: core.directory.members,
      bot,
      chats: { groups: chats.groups, group: chats.group, p2p: chats.p2p },
      ...Object.assign({}, ...joined.map((plugin) => plugin.state?.())),
      settings,
    }),
  };
  return Object.assign(looks, ...joined.map((plugin) => plugin.looks));
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : 'unknown error';
}
