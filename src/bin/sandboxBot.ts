import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BotSwitch } from 'local-feishu';
import type { Environment } from '../config/config.ts';
import { Trouble } from '../explain/trouble.ts';
import { phrase } from '../lib/phrase.ts';
import { WITH_PARENT } from '../lib/withParent.ts';

/** The bot ended before it was ready, or did not end well; what was wrong it has written itself. */
export class BotEnded extends Trouble {
  constructor(how: number | string) {
    const [zh, en] = typeof how === 'number' ? [`退出码 ${how}`, `code ${how}`] : [how, how];
    super(
      'bot_ended',
      phrase(`机器人已结束（${zh}）。`, `The bot ended with ${en}.`),
      phrase('原因见它自己的输出。', 'What it wrote says why.'),
    );
    this.name = 'BotEnded';
  }
}

/** The bot as a process of its own, so that it can be killed like any other. */
export interface SandboxBot extends BotSwitch {
  /** What is under way is finished first. Rejects with {@link BotEnded} when it does not end well. */
  stop(): Promise<void>;
}

/** `environment` gives all of the bot's environment at each start; what it writes goes where this process writes. */
export function createSandboxBot(environment: () => Environment): SandboxBot {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const listeners: (() => void)[] = [];
  let running: Child | undefined;

  const set = (child: Child | undefined): void => {
    running = child;
    for (const listener of listeners) listener();
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string> => {
    const child = running;
    child?.process.kill(signal);
    return (await child?.ended) ?? 0;
  };

  return {
    isRunning: () => running !== undefined,
    /** Rejects with {@link BotEnded} when it ends instead of listening. */
    async start() {
      if (running) return;
      const child = spawned(fork(main, [WITH_PARENT], { env: environment() }));
      void child.ended.then(() => set(undefined));
      set(child);
      const how = await Promise.race([once(child.process, 'message').then(() => 'ready' as const), child.ended]);
      if (how !== 'ready') throw new BotEnded(how);
    },
    async kill() {
      await end('SIGKILL');
    },
    async stop() {
      const how = await end('SIGTERM');
      if (how !== 0) throw new BotEnded(how);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

interface Child {
  process: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

/** Does not outlive this process: where that cannot end it any more, the child notices by itself. */
function spawned(child: ChildProcess): Child {
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit').then(([code, signal]) => {
    process.removeListener('exit', kill);
    return typeof code === 'number' ? code : String(signal);
  });
  return { process: child, ended };
}
