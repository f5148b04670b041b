import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { z } from 'zod';

const Address = z.object({ port: z.number() });

/** An HTTP application on a port of loopback. */
export interface Listening {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** `onUpgrade` answers who wants another protocol. */
export async function listenOn(
  app: RequestListener,
  onUpgrade?: (request: IncomingMessage, socket: Duplex) => unknown,
): Promise<Listening> {
  const server = createServer(app);
  const upgraded: Duplex[] = [];
  if (onUpgrade) {
    server.on('upgrade', (request, socket) => {
      upgraded.push(socket);
      // Whoever is at the other end may cut it.
      socket.on('error', () => undefined);
      onUpgrade(request, socket);
    });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = Address.parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends bytes as they are, and gives everything that comes back until the connection is closed. */
export async function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  const chunks: Uint8Array[] = [];
  socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('utf8');
}
