#!/usr/bin/env node
// Runs the built program; in a checkout it is built first, when a source has changed. npm links no bin that is not there yet.
import { existsSync } from 'node:fs';

const build = new URL('../../scripts/build.mjs', import.meta.url);
if (existsSync(build)) {
  const { buildAll } = await import(build.href);
  await buildAll(['localFeishu']);
}
await import(new URL('../dist/main.js', import.meta.url).href);
