import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { z } from 'zod';

const Address = z.object({ port: z.number() });

/** The network between the bot and a database server. */
export interface Wire {
  /** The database behind it. */
  url: string;
  /** From now on nothing passes on the connections that are open, and nobody is told. New ones are fine. */
  loseAll(): void;
  close(): Promise<void>;
}

/** Stands in front of the database server that the URL names. */
export async function startWire(databaseUrl: string): Promise<Wire> {
  const { hostname, port } = new URL(databaseUrl);
  const open = new Set<Socket>();
  const lost = new Set<Socket>();
  const pass = (from: Socket, to: Socket): void => {
    open.add(from);
    from.on('data', (bytes) => lost.has(from) || to.write(bytes));
    from.on('error', () => undefined);
    from.on('close', () => {
      open.delete(from);
      if (!lost.has(from)) to.destroy();
    });
  };
  const server = createServer((near) => {
    const far = connect(Number(port || 5432), hostname);
    pass(near, far);
    pass(far, near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(Address.parse(server.address()).port);
  return {
    url: url.href,
    loseAll() {
      for (const socket of open) lost.add(socket);
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
