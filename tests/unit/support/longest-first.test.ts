import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../infra/local/process/root.ts';
import { LONG_FILES } from '../../support/longest-first.ts';

test.each(LONG_FILES)('%s, which the run begins with, exists', (file) => {
  expect(existsSync(join(root, file))).toBe(true);
});
