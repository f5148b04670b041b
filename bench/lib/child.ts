import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of the benchmark that is asked and answers. */
export interface Child {
  pid: number;
  /** Sends a message and gives the next one that comes back. Rejects when the process ends instead. */
  ask(message: unknown): Promise<unknown>;
  end(): Promise<void>;
}

/** Starts a script of the benchmark, Node.js with `execArgv`; what it says first is `hello`. Its log goes nowhere, its errors to the terminal. */
export async function startChild(
  script: string,
  args: readonly string[] = [],
  execArgv: readonly string[] = [],
): Promise<Child & { hello: unknown }> {
  const path = fileURLToPath(new URL(`./${script}.js`, import.meta.url));
  const env = { ...process.env, BOT_MAIN: fileURLToPath(new URL('../main.js', import.meta.url)) };
  const child = fork(path, args, { env, execArgv: [...execArgv], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const ask = async (message: unknown): Promise<unknown> => {
    const answer = answerOf(child, script);
    if (typeof message === 'object' && message !== null) child.send(message);
    return answer;
  };
  return {
    pid: child.pid ?? 0,
    hello: await answerOf(child, script),
    ask,
    async end() {
      child.kill();
      await exited;
      process.removeListener('exit', end);
    },
  };
}

async function answerOf(child: ChildProcess, script: string): Promise<unknown> {
  const ended = new AbortController();
  const over = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error(`${script} has ended`);
  });
  try {
    const [answer] = await Promise.race([once(child, 'message', { signal: ended.signal }), over]);
    return answer;
  } finally {
    over.catch(() => undefined);
    ended.abort();
  }
}
