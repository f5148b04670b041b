import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from '../lib/metrics.ts';
import { VERSION } from '../lib/version.ts';

/** Deliveries that are not finished, on all replicas: how many, and for how many milliseconds the oldest has waited. */
export interface Backlog {
  depth: number;
  oldestMs: number;
  /** How many were set aside, which are not among the others. */
  setAside: number;
}

/** The metrics, and the page that shows them. */
export interface Prometheus extends Metrics {
  contentType: string;
  /** Everything in the text format of Prometheus. What cannot be found out at the moment is left out. */
  page(): Promise<string>;
}

/** Measures for Prometheus, in a registry of its own. `backlog` is asked for with each page. */
export function createPrometheus(backlog: () => Promise<Backlog>): Prometheus {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  showBuild(registry);
  const showBacklog = backlogOn(registry, backlog);
  return {
    ...deliveriesOn(registry),
    ...workOn(registry),
    ...callsOn(registry),
    contentType: registry.contentType,
    async page() {
      await showBacklog();
      return registry.metrics();
    },
  };
}

/** As Prometheus has it for what is no number: a series that is always 1, and says the rest in its labels. */
function showBuild(registry: Registry): void {
  const build = new Gauge({
    name: 'skillbot_build_info',
    help: 'The version of the bot',
    labelNames: ['version'],
    registers: [registry],
  });
  build.set({ version: VERSION }, 1);
}

type Deliveries = Pick<Metrics, 'received' | 'refused' | 'acknowledged' | 'handled'>;

/** Seconds; Feishu waits 3 for an answer (callback-overview). */
const ANSWER_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 3];

function deliveriesOn(registry: Registry): Deliveries {
  const registers = [registry];
  const received = new Counter({
    name: 'skillbot_deliveries_total',
    help: 'Deliveries of Feishu, by kind and by what was done with them first',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const refused = new Counter({
    name: 'skillbot_deliveries_refused_total',
    help: 'Requests that were not taken for deliveries of Feishu',
    labelNames: ['reason'],
    registers,
  });
  const acknowledged = new Histogram({
    name: 'skillbot_acknowledgement_seconds',
    help: 'Time from the arrival of a delivery until its answer has gone out',
    labelNames: ['kind'],
    buckets: ANSWER_BUCKETS,
    registers,
  });
  const handled = new Counter({
    name: 'skillbot_deliveries_handled_total',
    help: 'Attempts to bring about the effect of a delivery, by how they ended',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  return {
    received: (kind, outcome) => received.inc({ kind, outcome }),
    refused: (reason) => refused.inc({ reason }),
    acknowledged: (kind, afterMs) => acknowledged.observe({ kind }, afterMs / 1000),
    handled: (kind, outcome) => handled.inc({ kind, outcome }),
  };
}

function workOn(registry: Registry): Pick<Metrics, 'command' | 'changesEnded' | 'refreshed'> {
  const registers = [registry];
  const commands = new Counter({
    name: 'skillbot_commands_total',
    help: 'Commands that were typed',
    labelNames: ['command'],
    registers,
  });
  const changes = new Counter({
    name: 'skillbot_changes_total',
    help: 'Changes that have ended, by status',
    labelNames: ['status'],
    registers,
  });
  const refreshes = new Counter({
    name: 'skillbot_token_refreshes_total',
    help: 'Refreshes of stored logins',
    labelNames: ['outcome'],
    registers,
  });
  return {
    command: (command) => commands.inc({ command }),
    changesEnded: (status, count) => changes.inc({ status }, count),
    refreshed: (outcome) => refreshes.inc({ outcome }),
  };
}

/** Seconds; a call is given up after 10. */
const CALL_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function callsOn(registry: Registry): Pick<Metrics, 'called'> {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'skillbot_feishu_call_seconds',
    help: 'Duration of calls to Feishu, each attempt by itself',
    labelNames: ['route'],
    buckets: CALL_BUCKETS,
    registers,
  });
  const errors = new Counter({
    name: 'skillbot_feishu_call_errors_total',
    help: 'Calls to Feishu that failed, each attempt by itself',
    labelNames: ['route', 'kind'],
    registers,
  });
  return {
    called({ route, tookMs, problem }) {
      seconds.observe({ route }, tookMs / 1000);
      if (problem !== undefined) errors.inc({ route, kind: problem });
    },
  };
}

function backlogOn(registry: Registry, backlog: () => Promise<Backlog>): () => Promise<void> {
  const registers = [registry];
  const depth = new Gauge({
    name: 'skillbot_inbox_depth',
    help: 'Deliveries that are not finished, on all replicas',
    registers,
  });
  const oldest = new Gauge({
    name: 'skillbot_inbox_oldest_seconds',
    help: 'How long the oldest delivery that is not finished has waited',
    registers,
  });
  const setAside = new Gauge({
    name: 'skillbot_inbox_set_aside',
    help: 'Deliveries that are worked on no more because the process died or hung each time, on all replicas',
    registers,
  });
  return async () => {
    try {
      const now = await backlog();
      setAside.set(now.setAside);
      depth.set(now.depth);
      oldest.set(now.oldestMs / 1000);
    } catch {
      // The database does not answer, which /readyz says. All other metrics are shown all the same.
      for (const gauge of [depth, oldest, setAside]) gauge.remove();
    }
  };
}
