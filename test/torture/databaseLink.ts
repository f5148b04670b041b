import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import Sqlite from 'libsql';

/** The way of one replica to its database, which can be lost. */
export interface DatabaseLink {
  /** The same database by this way. */
  url: string;
  /**
   * `cut`: connections break and new ones are refused; `frozen`: nothing arrives any more, in either direction. A file of
   * SQLite is locked by another program in both cases.
   */
  set(state: 'open' | 'cut' | 'frozen'): void;
  close(): void;
}

/** A proxy before PostgreSQL. */
export async function startProxy(databaseUrl: string): Promise<DatabaseLink> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'frozen' = 'open';
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    if (state === 'frozen') socket.pause();
  };
  /** By hand rather than by a pipe, which would let a paused socket flow again. */
  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (chunk) => to.write(chunk));
    from.on('close', () => to.destroy());
  };
  const server = createServer((client) => {
    if (state === 'cut') return void client.destroy();
    const upstream = connect(Number(target.port || 5432), target.hostname);
    pass(client, upstream);
    pass(upstream, client);
    keep(client);
    keep(upstream);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0);
  return {
    url: url.href,
    set(next) {
      state = next;
      for (const socket of sockets) {
        if (next === 'cut') socket.destroy();
        else if (next === 'frozen') socket.pause();
        else socket.resume();
      }
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Who holds a file of SQLite now and then. */
export function createLock(databaseUrl: string): DatabaseLink {
  let holder: InstanceType<typeof Sqlite> | undefined;
  const release = (): void => {
    holder?.close();
    holder = undefined;
  };
  return {
    url: databaseUrl,
    set(state) {
      release();
      if (state === 'open') return;
      holder = new Sqlite(databaseUrl.replace(/^file:/, ''));
      holder.exec('pragma busy_timeout = 1000');
      try {
        holder.exec('begin immediate');
      } catch {
        // The bot was writing just then: it keeps its database this time.
        release();
      }
    },
    close: release,
  };
}
