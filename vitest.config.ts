import { defineConfig } from 'vitest/config';

/** Everything CI runs. The native Kafka client loads once a process: hence forks, one file each. */
export default defineConfig({
  test: {
    pool: 'forks',
    include: ['tests/{unit,integration,browser,chaos}/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
