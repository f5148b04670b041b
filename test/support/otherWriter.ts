import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Begins to write, says so, and is done when its input ends. */
const WRITER = `
  const database = new (require('libsql'))(process.argv[1]);
  database.exec("begin immediate; create table other (id integer)");
  process.stdout.write('locked');
  process.stdin.resume().on('end', () => { database.exec('commit'); database.close(); });
`;

/** Locks a SQLite file by a write of another process; `done` ends it. */
export async function startOtherWriter(databaseUrl: string): Promise<{ done(): Promise<void> }> {
  const path = databaseUrl.replace(/^file:/, '');
  const writer = spawn(process.execPath, ['-e', WRITER, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(writer.stdout, 'data');
  return {
    async done() {
      const exited = once(writer, 'exit');
      writer.stdin.end();
      const [code] = await exited;
      if (code !== 0) throw new Error(`the other writer has failed: ${code}`);
    },
  };
}
