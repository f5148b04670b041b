import type { WebSocket } from 'ws';
import type { Ids } from '../ids.ts';
import type { PostResult } from '../pushes/post.ts';
import type { Random } from '../random.ts';
import type { Changes } from '../state/changes.ts';
import { Connection } from './connection.ts';
import type { ClientConfig, LongConnections } from './types.ts';

/** Per app (request-url-configuration-case). */
const MOST = 50;

export interface ConnectionsParts {
  random: Random;
  ids: Ids;
  changes: Changes;
  /** Read anew for every client. */
  clientConfig: ClientConfig;
}

/** All long connections of the app. */
export class Connections implements LongConnections {
  readonly #parts: ConnectionsParts;
  readonly #tickets = new Set<string>();
  readonly #open = new Set<Connection>();

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
  }

  get isFull(): boolean {
    return this.#open.size >= MOST;
  }

  count(): number {
    return this.#ready().length;
  }

  drop(): void {
    for (const connection of this.#open) connection.drop();
  }

  /** What lets one client in, once. */
  ticket(): string {
    const ticket = this.#parts.ids.secret();
    this.#tickets.add(ticket);
    return ticket;
  }

  /** Whether the ticket is good; from then on it is not. */
  use(ticket: string): boolean {
    return this.#tickets.delete(ticket);
  }

  add(socket: WebSocket, service: number): void {
    const { clientConfig, changes } = this.#parts;
    const connection = new Connection(socket, service, clientConfig, changes.emit);
    this.#open.add(connection);
    socket.on('close', () => {
      this.#open.delete(connection);
      changes.emit();
    });
  }

  /** To one connection, whichever it may be. Never rejects. */
  async push(body: unknown, limitMs: number): Promise<PostResult> {
    const ready = this.#ready();
    const chosen = ready[this.#parts.random.bytes(4).readUInt32BE() % ready.length];
    if (!chosen) return { kind: 'refused', error: 'no long connection is open', tookMs: 0 };
    return chosen.push(body, this.#parts.ids.hex(32), limitMs);
  }

  /** Resolves when there is one; rejects when there is none in time. */
  opened(timeoutMs: number): Promise<void> {
    if (this.count() > 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = this.#parts.changes.on(() => {
        if (this.count() === 0) return;
        clearTimeout(timer);
        stop();
        resolve();
      });
      const timer = setTimeout(() => {
        stop();
        reject(new Error('the app has no long connection: the mode can be chosen only while there is one'));
      }, timeoutMs);
    });
  }

  #ready(): Connection[] {
    return [...this.#open].filter(({ isReady }) => isReady);
  }
}
