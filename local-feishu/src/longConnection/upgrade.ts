import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Connections } from './connections.ts';
import { SOCKET_PATH } from './discovery.ts';

/** Lets clients in who have a ticket. The others get the reason in headers, as the SDKs read it. */
export function acceptConnections(server: Server, connections: Connections): void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'ws://local-feishu');
    if (pathname !== SOCKET_PATH || !connections.use(searchParams.get('ticket') ?? '')) {
      return refuse(socket, { 'handshake-status': '403', 'handshake-msg': 'forbidden' });
    }
    if (connections.isFull) {
      const headers = { 'handshake-status': '514', 'handshake-autherrcode': '1000040350' };
      return refuse(socket, { ...headers, 'handshake-msg': 'too many connections' });
    }
    const service = Number(searchParams.get('service_id'));
    sockets.handleUpgrade(request, socket, head, (client) => connections.add(client, service));
  });
}

function refuse(socket: Duplex, headers: Record<string, string>): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(['HTTP/1.1 403 Forbidden', 'connection: close', ...lines, '', ''].join('\r\n'));
}
