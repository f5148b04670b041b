import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testSequencer: './test/support/fastFirst.js',
  // Most take milliseconds; this is for a machine that has much else to do.
  testTimeout: 60_000,
  // Stories wait for their bots much of the time.
  maxWorkers: availableParallelism() + 1,
  reporters: ['default', './test/support/summary.js'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
