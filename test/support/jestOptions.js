import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * What all runs of the tests have in common.
 *
 * @satisfies {import('jest').Config}
 */
export const COMMON = {
  rootDir: fileURLToPath(new URL('../..', import.meta.url)),
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/local-feishu/test'],
  testMatch: ['**/*.test.ts'],
  testSequencer: '<rootDir>/test/support/fastFirst.js',
  // Most take milliseconds; this is for a machine that has much else to do.
  testTimeout: 60_000,
  // Stories wait for their bots much of the time.
  maxWorkers: availableParallelism() + 1,
  collectCoverageFrom: ['src/**/*.ts', 'local-feishu/src/**/*.ts', '!local-feishu/src/web/**'],
  coverageProvider: 'v8',
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
