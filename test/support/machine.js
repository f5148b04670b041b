import { BRINGS_CHROMIUM, findChromium } from './chromium.js';
import { hasPgDump } from './pgDump.js';
import { startPostgres } from './postgres/start.js';

/**
 * What tests need and this machine may not have: a browser, and a PostgreSQL server, which is started unless
 * `TEST_POSTGRES_URL` names one. Tests find both by the environment. What is missing is left out, and `leftOut` says so in
 * a line each; with `REQUIRE_ALL=1` it rejects instead.
 *
 * @returns {Promise<{ browser: boolean; leftOut: string[] }>}
 */
export async function prepareMachine() {
  const browser = findChromium() !== undefined;
  const leftOut = [];
  if (!browser) {
    leftOut.push(`LEFT OUT: the tests of the page in test/browser. There is no Chromium here. ${BRINGS_CHROMIUM}.`);
  }
  const reason = await whyNoPostgres();
  if (reason !== undefined) {
    process.env.SKIP_POSTGRES = '1';
    leftOut.push(`LEFT OUT: the tests on PostgreSQL. ${reason}`);
  }
  if (reason === undefined && !hasPgDump()) leftOut.push(`LEFT OUT: the test of a backup of PostgreSQL. ${NO_PG_DUMP}`);
  if (leftOut.length > 0 && process.env.REQUIRE_ALL === '1') {
    throw new Error(`REQUIRE_ALL=1, and this machine does not have all:\n${leftOut.join('\n')}`);
  }
  return { browser, leftOut };
}

const BRINGS_POSTGRES =
  'Name a server in TEST_POSTGRES_URL: docker run --rm -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:17 ' +
  'starts postgres://postgres@127.0.0.1:5432/postgres';

const NO_PG_DUMP = 'There is no pg_dump here, or an old one. Debian, Ubuntu: apt-get install -y postgresql-client.';

/** Undefined when there is a server, named or started here. */
async function whyNoPostgres() {
  if (process.env.SKIP_POSTGRES === '1') return 'SKIP_POSTGRES=1 asks for that.';
  if (process.env.TEST_POSTGRES_URL) return undefined;
  const started = await startPostgres();
  if ('reason' in started) return `${started.reason} ${BRINGS_POSTGRES}.`;
  process.env.TEST_POSTGRES_URL = started.url;
  process.env.STARTED_POSTGRES = '1';
  return undefined;
}
