import { COMMON } from './test/support/jestOptions.js';
import { prepareMachine } from './test/support/machine.js';

const { browser, leftOut } = await prepareMachine();

/** @type {import('jest').Config} */
export default {
  ...COMMON,
  testPathIgnorePatterns: ['/node_modules/', ...(browser ? [] : ['/test/browser/'])],
  reporters: ['default', ['./test/support/summary.js', { leftOut }]],
};
