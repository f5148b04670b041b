import { once } from 'node:events';
import { createServer } from 'node:net';
import { z } from 'zod';
import { codeOf } from '../../explain/explain.ts';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import { ask } from '../ask.ts';
import { type Check, failed, ok, warning } from '../check.ts';

/** The port is free, or the bot itself listens there. */
export const port: Check = {
  name: 'port',
  title: phrase('端口', 'Port'),
  needs: [],
  variables: ['HOST', 'PORT'],
  async run({ config }) {
    const { host, port: number } = config.listen;
    const reason = await cannotListen(host, number);
    if (reason === undefined)
      return ok(phrase(`${number} 空闲，机器人没有在运行。`, `${number} is free: the bot is not running.`));
    if (reason !== 'EADDRINUSE') return failed('cannot_listen', cannot(host, number, reason), ELSEWHERE);
    return runningAt(`http://${reachable(host)}:${number}`, number);
  },
};

const ELSEWHERE = phrase('请改正 HOST 和 PORT。', 'Correct HOST and PORT.');

const cannot = (host: string, number: number, reason: string): Phrase =>
  phrase(`不能监听 ${host}:${number}（${reason}）。`, `Cannot listen on ${host}:${number} (${reason}).`);

/** An address that stands for all of them is reached at one of them. */
const reachable = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};

/** Why nobody can listen there now; undefined when somebody can, so that nobody does. */
export async function cannotListen(host: string, number: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(number, host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return undefined;
  } catch (error) {
    return codeOf(error) ?? 'unknown';
  }
}

/** What `/readyz` of the bot answers. */
const Ready = z.object({
  status: z.enum(['ready', 'not ready']),
  problems: z.record(z.string(), z.string()).default({}),
});

async function runningAt(url: string, number: number) {
  const answer = await ask(`${url}/readyz`);
  const ready = Ready.safeParse(answer.kind === 'answer' ? answer.json : undefined);
  if (!ready.success) {
    return failed(
      'port_taken',
      phrase(`${number} 被别的程序占用。`, `${number} is taken by something else.`),
      phrase('请把 PORT 设为空闲的端口，或停掉占用它的程序。', 'Set PORT to a free one, or stop what uses it.'),
    );
  }
  if (ready.data.status === 'ready')
    return ok(phrase(`机器人正在 ${number} 运行。`, `The bot is running on ${number}.`));
  const problems = Object.entries(ready.data.problems).map(([name, problem]) => `${name}: ${problem}`);
  const list = problems.join(', ');
  return warning(
    'not_ready',
    phrase(
      `机器人正在 ${number} 运行，但没有就绪：${list}。`,
      `The bot is running on ${number} and not ready: ${list}.`,
    ),
    phrase('请查看机器人的日志。', 'See the log of the bot.'),
  );
}
