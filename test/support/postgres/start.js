import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const KEEPER = fileURLToPath(new URL('./keeper.js', import.meta.url));

/**
 * Starts a PostgreSQL server with the programs that npm has installed, and waits until it is ready. It ends with this
 * process, even when that is killed. Gives its address, or the reason why there is none.
 *
 * @returns {Promise<{ url: string } | { reason: string }>}
 */
export async function startPostgres() {
  // In a group of its own: what kills our whole group must not keep it from ending the server.
  const keeper = spawn(process.execPath, [KEEPER], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  keeper.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  await Promise.race([once(keeper.stdout, 'data'), once(keeper, 'close')]);
  keeper.stdout.destroy();
  keeper.stdin.unref();
  keeper.unref();
  return said === '' ? { reason: 'What starts PostgreSQL has ended.' } : JSON.parse(said);
}
