import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take longer than a minute, the longest first. A long file that begins last keeps one
 * worker busy while the others have nothing to do. The durations of earlier runs, which vitest
 * remembers, are missing in a new clone.
 */
export const LONG_FILES = [
  'tests/chaos/hdfs/namenode-killed.test.ts',
  'tests/chaos/hdfs/datanode-killed.test.ts',
  'tests/chaos/hdfs/half-open.test.ts',
  'tests/chaos/sink/sink-killed.test.ts',
  'tests/chaos/hdfs/applied-late.test.ts',
  'tests/chaos/hdfs/namenode-failover.test.ts',
  'tests/integration/hdfs/protection.test.ts',
  'tests/chaos/sink/killed-between-steps.test.ts',
  'tests/integration/sink/watchdog.test.ts',
  'tests/integration/over-webhdfs/watchdog.test.ts',
  'tests/integration/hdfs/secured.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => this.#rank(one) - this.#rank(other));
  }

  #rank({ moduleId }: TestSpecification): number {
    const index = LONG_FILES.findIndex((file) => moduleId === join(this.ctx.config.root, file));
    return index === -1 ? LONG_FILES.length : index;
  }
}
