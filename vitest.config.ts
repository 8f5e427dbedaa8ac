import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/support/longest-first.ts';

/** Where CI wants the counts as JSON. Unset elsewhere. */
const countsFile = process.env['VITEST_COUNTS_FILE'];

/**
 * Two projects. The tests of `unit` need neither Java nor a browser. The tests of `cluster` share
 * one Kafka and one HDFS, which start only where a test of `cluster` is selected.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    // More than a small machine has processors: most of a test waits for a lease or for a time-out.
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
    ...(countsFile ? { reporters: ['default', ['json', { outputFile: countsFile }]] } : {}),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        // The files of a worker share its modules. Loading them for each file doubles the time.
        test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          include: ['tests/{conformance,integration,browser,chaos}/**/*.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
        },
      },
    ],
  },
});
