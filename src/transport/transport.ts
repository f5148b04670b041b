import type { Router } from 'express';

/** A way in which deliveries come. */
export interface Transport {
  /** What it has on the HTTP server. */
  routers: readonly Router[];
  start(): void;
  /** Why nothing can come in; undefined when it can. */
  problem(): string | undefined;
  /** Takes in nothing more; resolves when every answer under way has gone out. */
  stop(): Promise<void>;
}
