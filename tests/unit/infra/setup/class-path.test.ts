import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveFlags, archiveIn, jarsIn } from '../../../../infra/setup/java/class-path.mjs';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jars-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('the jars come in one order, and without what else lies there', () => {
  for (const name of ['b.jar', 'a.jar', 'classes.jsa', 'c.jar']) writeFileSync(join(folder, name), '');
  expect(jarsIn(folder)).toEqual(['a.jar', 'b.jar', 'c.jar'].map((name) => join(folder, name)));
});

test('a JVM gets the archive only where there is one', () => {
  expect(archiveFlags(folder)).toEqual([]);
  writeFileSync(archiveIn(folder), '');
  expect(archiveFlags(folder)[0]).toBe(`-XX:SharedArchiveFile=${join(folder, 'classes.jsa')}`);
});
