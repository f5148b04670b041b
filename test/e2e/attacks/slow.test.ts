import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { sideBySide } from '../../support/sideBySide.ts';
import { onStage } from '../../support/story.ts';
import { openWire, type Wire } from './wire.ts';

/** Who has not sent all headers after 5 s, or the body after 10 s, is cut off; looked for once a second. */
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
const LOOK_MS = 4_000;
const WIRES = 40;

const HEAD = 'POST /feishu/events HTTP/1.1\r\nHost: a\r\n';

/** Sends a beginning and then one byte after the other. */
async function drip(port: number, beginning: string): Promise<Wire> {
  const wire = await openWire(port);
  wire.socket.write(beginning);
  const timer = setInterval(() => wire.socket.write('a'), 250);
  void wire.closed.then(() => clearInterval(timer));
  return wire;
}

const many = (open: () => Promise<Wire>): Promise<Wire[]> => Promise.all(Array.from({ length: WIRES }, open));

/** How long the last of them was kept; infinity when one is kept for good. */
async function slowest(wires: readonly Wire[]): Promise<number> {
  const kept = Promise.all(wires.map(async ({ closed }) => (await closed).afterMs));
  const times = await Promise.race([kept, delay(2 * REQUEST_MS, [Number.POSITIVE_INFINITY], { ref: false })]);
  for (const { socket } of wires) socket.destroy();
  return Math.max(...times);
}

sideBySide(
  {
    'those who send slowly, or nothing, are cut off, and meanwhile keep nobody waiting': () =>
      onStage({ transport: 'webhook' }, async ({ bot, person }) => {
        const silent = await many(() => openWire(bot.port));
        const headers = await many(() => drip(bot.port, `${HEAD}X-Slow: `));
        const bodies = await many(() => drip(bot.port, `${HEAD}Content-Length: 1000\r\n\r\n`));
        const chunks = await many(() => drip(bot.port, `${HEAD}Transfer-Encoding: chunked\r\n\r\n3e8\r\n`));

        const startedAt = Date.now();
        expect((await person('admin').says('/skill list')).template).toBe('blue');
        expect(Date.now() - startedAt).toBeLessThan(4_000);

        expect(await slowest([...silent, ...headers])).toBeLessThan(HEADERS_MS + LOOK_MS);
        expect(await slowest([...bodies, ...chunks])).toBeLessThan(REQUEST_MS + LOOK_MS);
      }),

    'those who send slowly, or nothing, cannot hold up the stop': () =>
      onStage({ transport: 'webhook' }, async ({ bot, restart }) => {
        const beginnings = ['', 'POST', `${HEAD}X-Slow: `, `${HEAD}Content-Length: 1000\r\n\r\n`];
        for (const beginning of beginnings) {
          const { socket } = await openWire(bot.port);
          socket.write(beginning);
        }
        await delay(200);
        const startedAt = Date.now();
        await bot.stop();
        expect(Date.now() - startedAt).toBeLessThan(6_000);
        await restart();
      }),
  },
  60_000,
);
