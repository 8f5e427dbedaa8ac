import { defineConfig } from 'vitest/config';

/** Where CI wants the counts as JSON, if it wants them. */
const countsFile = process.env['VITEST_COUNTS_FILE'];

/** Everything CI runs. The native Kafka client loads once a process: hence forks, one file each. */
export default defineConfig({
  test: {
    pool: 'forks',
    include: ['tests/{unit,conformance,integration,browser,chaos}/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    // More than there are processors here: most of a test is waiting, for a lease or for a time-out.
    maxWorkers: 4,
    ...(countsFile ? { reporters: ['default', ['json', { outputFile: countsFile }]] } : {}),
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
