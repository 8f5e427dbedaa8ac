import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourcesOf } from '../../../../infra/setup/build/dist.mjs';
import { javaMajor, javaProblem } from '../../../../infra/setup/host/java.mjs';
import { takeLock } from '../../../../infra/setup/host/lock.mjs';
import { onPath } from '../../../../infra/setup/host/on-path.mjs';
import { missingMessage, missingOf } from '../../../../infra/setup/host/prerequisites.mjs';
import { Stamps } from '../../../../infra/setup/host/stamps.mjs';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'setup-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_442"', 8],
  ['openjdk version "21" 2023-09-19', 21],
  ['openjdk version "24-ea" 2025-03-18', 24],
  ['command not found', undefined],
])('the major version of %s is %s', (output, major) => {
  expect(javaMajor(output)).toBe(major);
});

test('a JAVA_HOME without Java is named as the mistake', async () => {
  expect(await javaProblem({ JAVA_HOME: folder })).toBe(
    `JAVA_HOME=${folder} has no java: unset it or let it name another`,
  );
});

test('one message names all that is missing and the command that installs it', async () => {
  const prerequisite = (name: string, problem: string | undefined) => ({
    name,
    debian: [name],
    problem: async () => problem,
  });
  const missing = await missingOf([
    prerequisite('maven', 'not found'),
    prerequisite('make', undefined),
    prerequisite('java', 'found Java 11'),
  ]);
  const message = missingMessage(missing, ['maven', 'openjdk']);
  expect(message).toContain('  maven - not found\n  java - found Java 11\n');
  expect(message).toContain('sudo apt-get install -y --no-install-recommends maven openjdk\n');
  expect(message).not.toContain('make -');
});

test('a command counts as there only where it can be run', () => {
  writeFileSync(join(folder, 'readable'), '', { mode: 0o644 });
  writeFileSync(join(folder, 'runnable'), '', { mode: 0o755 });
  expect(onPath(['readable', 'runnable'], { PATH: `/nowhere:${folder}` })).toBe(join(folder, 'runnable'));
});

test('a stamp holds for the same fingerprint only, and not once it is removed', () => {
  const stamps = new Stamps(join(folder, 'deep/setup.json'));
  expect(stamps.has('jars', 'a')).toBe(false);
  stamps.write('jars', 'a');
  stamps.write('build', 'b');
  expect([stamps.has('jars', 'a'), stamps.has('jars', 'b'), stamps.has('build', 'b')]).toEqual([
    true,
    false,
    true,
  ]);
  stamps.remove('jars');
  expect([stamps.has('jars', 'a'), stamps.has('build', 'b')]).toEqual([false, true]);
});

test('a file of stamps that is damaged counts as none', () => {
  writeFileSync(join(folder, 'setup.json'), '{"jars":');
  expect(new Stamps(join(folder, 'setup.json')).has('jars', 'a')).toBe(false);
});

test('what a build left behind is known by its source', () => {
  expect(sourcesOf('sink/ledger/line.d.ts')).toEqual(['sink/ledger/line.ts', 'sink/ledger/line.js']);
  expect(sourcesOf('sink/ledger/line.js.map')).toEqual(['sink/ledger/line.ts', 'sink/ledger/line.js']);
  expect(sourcesOf('infra/setup/host/java.mjs')).toEqual([
    'infra/setup/host/java.mts',
    'infra/setup/host/java.mjs',
  ]);
  expect(sourcesOf('site/index.html')).toEqual(['site/index.html']);
});

test('two setups take turns', async () => {
  const file = join(folder, 'setup.lock');
  const release = await takeLock(file);
  const order: string[] = [];
  const second = takeLock(file).then((releaseSecond) => {
    order.push('second');
    releaseSecond();
  });
  order.push('first');
  release();
  await second;
  expect(order).toEqual(['first', 'second']);
});

test('the lock of a setup that was killed is taken over', async () => {
  const file = join(folder, 'setup.lock');
  writeFileSync(file, `${await pidOfEndedProcess()}\n`);
  const release = await takeLock(file);
  expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
  release();
});

function pidOfEndedProcess(): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn('true');
    child.once('exit', () => resolve(child.pid ?? 0));
  });
}
