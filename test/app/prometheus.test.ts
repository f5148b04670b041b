import { describe, expect, it } from '@jest/globals';
import { type Backlog, createPrometheus } from '../../src/app/prometheus.ts';
import { VERSION } from '../../src/lib/version.ts';

const IDLE: Backlog = { depth: 0, oldestMs: 0, setAside: 0 };

/** The samples of the bot's own metrics, without comments. */
const samplesOf = (page: string): string[] => page.split('\n').filter((line) => line.startsWith('skillbot_'));

describe('the metrics for Prometheus', () => {
  it('count and measure what they are told', async () => {
    const prometheus = createPrometheus(async () => ({ depth: 3, oldestMs: 2_500, setAside: 2 }));
    prometheus.received('message', 'stored');
    prometheus.received('message', 'stored');
    prometheus.received('card-action', 'duplicate');
    prometheus.refused('bad_token');
    prometheus.acknowledged('message', 40);
    prometheus.handled('message', 'done');
    prometheus.command('rename');
    prometheus.changesEnded('expired', 4);
    prometheus.called({ route: 'GET /a/:id', tookMs: 120 });
    prometheus.called({ route: 'GET /a/:id', tookMs: 80, problem: 'rate-limited' });
    prometheus.refreshed('dead');
    const samples = samplesOf(await prometheus.page());
    for (const sample of [
      'skillbot_deliveries_total{kind="message",outcome="stored"} 2',
      'skillbot_deliveries_total{kind="card-action",outcome="duplicate"} 1',
      'skillbot_deliveries_refused_total{reason="bad_token"} 1',
      'skillbot_acknowledgement_seconds_bucket{le="0.025",kind="message"} 0',
      'skillbot_acknowledgement_seconds_bucket{le="0.05",kind="message"} 1',
      'skillbot_deliveries_handled_total{kind="message",outcome="done"} 1',
      'skillbot_commands_total{command="rename"} 1',
      'skillbot_changes_total{status="expired"} 4',
      'skillbot_feishu_call_seconds_sum{route="GET /a/:id"} 0.2',
      'skillbot_feishu_call_seconds_count{route="GET /a/:id"} 2',
      'skillbot_feishu_call_errors_total{route="GET /a/:id",kind="rate-limited"} 1',
      'skillbot_token_refreshes_total{outcome="dead"} 1',
      `skillbot_build_info{version="${VERSION}"} 1`,
      'skillbot_inbox_depth 3',
      'skillbot_inbox_oldest_seconds 2.5',
      'skillbot_inbox_set_aside 2',
    ]) {
      expect(samples).toContain(sample);
    }
  });

  it('tell of the process as well', async () => {
    const { page } = createPrometheus(async () => IDLE);
    for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_seconds']) {
      expect(await page()).toMatch(new RegExp(`^${name} [\\d.e-]+$`, 'm'));
    }
  });

  it('leave the inbox out while the database does not answer, and tell the rest', async () => {
    let answers = true;
    const prometheus = createPrometheus(async () => {
      if (!answers) throw new Error('no database');
      return { depth: 7, oldestMs: 0, setAside: 0 };
    });
    prometheus.command('list');
    expect(samplesOf(await prometheus.page())).toContain('skillbot_inbox_depth 7');
    answers = false;
    expect(samplesOf(await prometheus.page())).toEqual([
      `skillbot_build_info{version="${VERSION}"} 1`,
      'skillbot_commands_total{command="list"} 1',
    ]);
    answers = true;
    expect(samplesOf(await prometheus.page())).toContain('skillbot_inbox_depth 7');
  });

  it('are those of one bot: two in one process do not share them', async () => {
    const [one, other] = [createPrometheus(async () => IDLE), createPrometheus(async () => IDLE)];
    one.command('list');
    expect(samplesOf(await other.page()).filter((line) => line.includes('commands'))).toEqual([]);
  });
});
