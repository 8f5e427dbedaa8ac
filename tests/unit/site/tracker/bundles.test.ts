import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleArgs } from '../../../../infra/setup/build/site-bundles.mjs';
import { root } from '../../../../infra/setup/host/root.mjs';

const LIMIT_BYTES = 2_200;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracker-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Builds an entry as setup does, from the source as it is now. */
function build(entry: string): string {
  const file = join(folder, entry);
  execFileSync(process.execPath, [...bundleArgs(entry), `--outfile=${file}`], { cwd: root });
  return readFileSync(file, 'utf8');
}

it.each(['web-events.ts', 'web-events.mts'])('%s is under 2.2 kB gzipped, all of it', (entry) => {
  const text = build(entry);
  expect(gzipSync(text, { level: 9 }).length).toBeLessThan(LIMIT_BYTES);
  expect(text).not.toMatch(/\bimport\b/);
});

it('the script leaves one global, the module none', () => {
  expect(build('web-events.ts')).toContain('globalThis.webEvents=');
  expect(build('web-events.mts')).not.toContain('webEvents=');
  expect(build('web-events.mts')).toMatch(/export\{\w+ as createTracker\};\s*$/);
});
