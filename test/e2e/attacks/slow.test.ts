import { expect } from '@jest/globals';
import { NEVER_GIVES_UP } from '../../support/bot.ts';
import { sideBySide } from '../../support/sideBySide.ts';
import { onStage } from '../../support/story.ts';
import { openWire, type Wire } from './wire.ts';

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

/** What a server answers whom it cuts off for being slow. */
const TOO_SLOW = 'HTTP/1.1 408 Request Timeout';
const isCutOff = (wire: Wire): boolean => wire.received().startsWith(TOO_SLOW);

sideBySide(
  {
    'those who send slowly, or nothing, are cut off, and meanwhile keep nobody waiting': () =>
      onStage({ transport: 'webhook' }, async ({ bot, person }) => {
        const silent = await many(() => openWire(bot.port));
        const headers = await many(() => drip(bot.port, `${HEAD}X-Slow: `));
        const bodies = await many(() => drip(bot.port, `${HEAD}Content-Length: 1000\r\n\r\n`));
        const chunks = await many(() => drip(bot.port, `${HEAD}Transfer-Encoding: chunked\r\n\r\n3e8\r\n`));

        expect((await person('admin').says('/skill list')).template).toBe('blue');
        // Nobody has to be cut off before that.
        expect([...bodies, ...chunks].filter(isCutOff)).toEqual([]);

        const wires = [...silent, ...headers, ...bodies, ...chunks];
        await Promise.all(wires.map(({ closed }) => closed));
        expect(wires.map(isCutOff)).toEqual(wires.map(() => true));
      }),

    'those who send slowly, or nothing, cannot hold up the stop': () =>
      onStage({ transport: 'webhook', env: NEVER_GIVES_UP }, async ({ bot, restart }) => {
        const beginnings = ['', 'POST', `${HEAD}X-Slow: `, `${HEAD}Content-Length: 1000\r\n\r\n`];
        const wires = await Promise.all(beginnings.map(() => openWire(bot.port)));
        for (const [at, beginning] of beginnings.entries()) wires[at]?.socket.write(beginning);
        // What was sent over connections that are older than this one has arrived by its answer.
        await fetch(`${bot.url}/healthz`);
        await bot.stop();
        await Promise.all(wires.map(({ closed }) => closed));
        // The stop has not waited until they were cut off for being slow.
        expect(wires.filter(isCutOff)).toEqual([]);
        await restart();
      }),
  },
  180_000,
);
