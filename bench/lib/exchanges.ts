import { subscribe } from 'node:diagnostics_channel';
import { z } from 'zod';

/** Milliseconds on the clock of `performance.now`; no end while it is under way. */
interface Span {
  from: number;
  until: number | undefined;
}

/** The HTTP exchanges of this process, in the order in which they began. */
export interface Exchanges {
  /** What this process asked others, until their answer came. */
  asked(): readonly Span[];
  /** What others asked this process, until its answer was out. */
  served(): readonly Span[];
  /** Forgets what was. */
  clear(): void;
}

const Message = z.object({ request: z.custom<object>((value) => typeof value === 'object' && value !== null) });

/** Seen from below the libraries: what these do with a request or an answer belongs to its time. */
export function watchExchanges(): Exchanges {
  const [asked, served] = [watch('client'), watch('server')];
  return {
    asked: asked.spans,
    served: served.spans,
    clear() {
      asked.clear();
      served.clear();
    },
  };
}

function watch(side: 'client' | 'server') {
  const spans = new Map<object, Span>();
  subscribe(`http.${side}.request.start`, (message) => {
    spans.set(Message.parse(message).request, { from: performance.now(), until: undefined });
  });
  subscribe(`http.${side}.response.finish`, (message) => {
    const span = spans.get(Message.parse(message).request);
    if (span) span.until = performance.now();
  });
  return { spans: () => [...spans.values()], clear: () => spans.clear() };
}

/** Milliseconds between two moments in which this process served nobody. */
export function unserved({ from, until }: { from: number; until: number }, served: readonly Span[]): number {
  let free = 0;
  let at = from;
  for (const span of [...served, { from: until, until }]) {
    free += Math.max(0, Math.min(span.from, until) - at);
    at = Math.max(at, span.until ?? until);
  }
  return free;
}
