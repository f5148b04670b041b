import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** The code of the README that begins so. */
async function block(kind: string, beginning: string): Promise<string> {
  const text = await readFile(join(PACKAGE, 'README.md'), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const found = blocks.find(([, of, code = '']) => of === kind && code.startsWith(beginning))?.[2];
  if (found === undefined) throw new Error(`the README has no ${kind} that begins with ${beginning}`);
  return found;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Runs a file of JavaScript as a process of its own, with nothing of this one's environment. */
function run(file: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [file, ...args], { env, cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
  const written: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => written.push(chunk));
  cleanUps.push(() => ended(child));
  const output = (): string => Buffer.concat(written).toString('utf8');
  return {
    child,
    output,
    /** Resolves when it has written this. */
    async says(text: string): Promise<void> {
      while (!output().includes(text)) {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${output()}`);
        await delay(10);
      }
    },
  };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  }
  return child.exitCode;
}

const COMMAND = join(PACKAGE, 'bin/local-feishu.js');

async function ask(url: string, body?: unknown): Promise<unknown> {
  const posted = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, body === undefined ? {} : posted);
  expect(response.status).toBe(200);
  return response.json();
}

const Messages = z.object({
  messages: z.array(z.object({ messageId: z.string(), replyTo: z.string().optional(), card: z.unknown().optional() })),
});

describe('the bot of the README', () => {
  it('repeats what it is told, and counts', async () => {
    const [port, botPort] = [await freePort(), await freePort()];
    const place = (text: string) => text.replaceAll('3001', String(port)).replaceAll('3000', String(botPort));
    const [, args = ''] = /local-feishu (.*)/.exec(await block('sh', 'npx')) ?? [];
    const feishu = run(COMMAND, [...place(args).split(' '), '--port', String(port)]);
    await feishu.says('Waiting for the bot');

    const folder = await mkdtemp(join(tmpdir(), 'local-feishu-example-'));
    cleanUps.push(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'bot.mjs'), await block('js', 'import'));
    const exported = [...place(await block('sh', 'export')).matchAll(/^export (\w+)=(.*)$/gm)];
    const env = Object.fromEntries(exported.map(([, name = '', value = '']) => [name, value]));
    run(join(folder, 'bot.mjs'), [], { ...env, PORT: String(botPort) });
    await feishu.says('The bot answers');

    const control = `http://127.0.0.1:${port}/sandbox`;
    const { messageId: said } = z
      .object({ messageId: z.string() })
      .parse(await ask(`${control}/say`, { as: 'employee', chat: 'p2p', text: 'hello' }));
    const answer = async () => {
      const { messages } = Messages.parse(await ask(`${control}/messages?chat=p2p:employee`));
      return messages.find(({ replyTo }) => replyTo === said);
    };
    let shown = await answer();
    for (; shown === undefined; shown = await answer()) await delay(10);
    expect(JSON.stringify(shown.card)).toContain('hello × 1');

    const press = { as: 'employee', message_id: shown.messageId, text: 'Once more' };
    expect(await ask(`${control}/click`, press)).toMatchObject({ status: 'ok' });
    expect(JSON.stringify((await answer())?.card)).toContain('hello × 2');
    await ask(`${control}/click`, press);
    expect(JSON.stringify((await answer())?.card)).toContain('hello × 3');
    expect(await ended(feishu.child)).toBe(0);
  });
});

describe('the command', () => {
  it('serves the page, and gives what a bot is configured with', async () => {
    const { says, output } = run(COMMAND, ['--port', '0', '--helpdesk', '--name', 'Echo']);
    await says('curl');
    const url = /chat +(\S+)\//.exec(output())?.[1] ?? '';
    expect((await fetch(`${url}/page/app.js`)).status).toBe(200);
    expect(await ask(`${url}/sandbox/state`)).toMatchObject({ bot: { name: 'Echo' }, desk: 'IT 服务台' });
    expect(output()).toMatch(/FEISHU_ENCRYPT_KEY=\S/);
    expect(output()).toMatch(/HELPDESK_ID=7\d{18}\n/);
  });

  it.each([
    [['--bot', 'nowhere'], '--bot is no address: write http://127.0.0.1:3000'],
    [['--events', 'path'], '--events is no path'],
    [['--port', 'x'], '--port is no port'],
    [['--hepldesk'], "Unknown option '--hepldesk'"],
  ])('says what is wrong with %j', async (args, message) => {
    const { child, output } = run(COMMAND, args);
    await once(child, 'close');
    expect(child.exitCode).toBe(1);
    expect(output()).toContain(message);
    expect(output()).toContain('--help');
  });

  it('tells its version and its options', async () => {
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')));
    const told = run(COMMAND, ['--version']);
    await once(told.child, 'close');
    expect(told.output()).toContain(`local-feishu ${version}\n`);
    const help = run(COMMAND, ['--help']);
    await once(help.child, 'close');
    expect(help.output()).toContain('--long-connection');
  });
});
