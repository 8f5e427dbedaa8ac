import { execFileSync } from 'node:child_process';
import { linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseToken, TokenFile } from '../../../../sink/storage/token-file.ts';

/** A token that `hdfs fetchdt` of Hadoop 3.5 printed for a test cluster. */
const TOKEN =
  'LgAaaGRmcy9sb2NhbGhvc3RARVhBTVBMRS5DT00AAIoBohDEyTKKAaI00U0yAQIUt5LMW6Iir9K6-G-I7oOwNgkvA8QVSERGU19ERUxFR0FUSU9OX1RPS0VODzEyNy4wLjAuMToyODY5Mw';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'web-events-token-'));
  path = join(folder, 'token');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Puts a pipe without a writer in the place of the file: whoever opens it waits, as on a mount that
 * hangs. `release` ends the wait, and puts a file in its place.
 */
function hang(): { readonly release: (text: string) => void } {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  rmSync(path, { force: true });
  linkSync(pipe, path);
  const release = (text: string) => {
    rmSync(path);
    writeFileSync(path, text);
    writeFileSync(pipe, '');
  };
  return { release };
}

test('no beginning of a token is a token', () => {
  for (let chars = 0; chars < TOKEN.length; chars++)
    expect(parseToken(TOKEN.slice(0, chars))).toBeUndefined();
  for (const whole of [TOKEN, `${TOKEN}\n`, `${TOKEN}==\n`]) expect(parseToken(whole)).toBe(whole.trim());
});

test('a file that is half written leaves the last token in use', async () => {
  writeFileSync(path, TOKEN);
  const file = new TokenFile(path);
  expect(await file.read()).toBe(TOKEN);
  writeFileSync(path, TOKEN.slice(0, 40));
  expect(await file.read()).toBe(TOKEN);
});

test('a file that hangs leaves the last token in use, is opened once, and is read when it answers', async () => {
  const next = `${TOKEN.slice(0, -2)}NA`;
  writeFileSync(path, TOKEN);
  const file = new TokenFile(path);
  await file.read();
  const { release } = hang();
  for (let asked = 0; asked < 10; asked++) expect(await file.read()).toBe(TOKEN);
  release(next);
  await expect.poll(() => file.read()).toBe(next);
});

test('a file that hangs from the beginning fails the request in time, with its name', async () => {
  const { release } = hang();
  const file = new TokenFile(path);
  for (let asked = 0; asked < 2; asked++) {
    await expect(file.read()).rejects.toMatchObject({
      kind: 'unavailable',
      reason: 'ETIMEDOUT',
      message: expect.stringContaining(path),
    });
  }
  release(TOKEN);
  await expect.poll(() => file.read().catch(() => undefined)).toBe(TOKEN);
});
