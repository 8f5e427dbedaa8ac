import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../../infra/local/process/root.ts';
import { sectionOf } from '../../../../infra/release/changelog.mjs';

const CHANGELOG =
  '# Changelog\n\n## [0.2.0] - 2026-02-01\n\n- Two\n\n## [0.1.0] - 2026-01-01\n\n### Added\n\n- One\n';

test('the section of a version ends where the next one begins', () => {
  expect(sectionOf(CHANGELOG, '0.2.0')).toBe('- Two');
  expect(sectionOf(CHANGELOG, '0.1.0')).toBe('### Added\n\n- One');
});

test('a version without a section is an error', () => {
  expect(() => sectionOf(CHANGELOG, '0.3.0')).toThrow('says nothing about 0.3.0');
});

test('the changelog has a section about the version in package.json', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(sectionOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version)).toContain('### Added');
});
