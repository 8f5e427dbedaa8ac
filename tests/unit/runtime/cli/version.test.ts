import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../../infra/local/process/root.ts';
import { versionLine } from '../../../../infra/runtime/cli/version.ts';

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(versionLine('sink')).toBe(`sink ${version} (Node ${process.versions.node})`);
});
