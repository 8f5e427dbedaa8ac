import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { say } from './say.mjs';

const ASK_AGAIN_MS = 250;
const WAIT_AT_MOST_MS = 20 * 60_000;

/**
 * One process at a time: a file that names the one which works. It appears whole or not at all (a link to
 * a finished file), and one whose process is gone is taken over.
 *
 * @param {string} file
 * @returns {Promise<() => void>} releases it
 */
export async function takeLock(file) {
  const deadline = performance.now() + WAIT_AT_MOST_MS;
  for (let told = false; ; told = true) {
    const taken = takeLockNow(file);
    if (typeof taken === 'function') return taken;
    if (performance.now() > deadline) throw new Error(`setup (pid ${taken}) holds ${file} for too long`);
    if (!told) say(`waiting for another setup (pid ${taken})`);
    await delay(ASK_AGAIN_MS);
  }
}

/**
 * The same without waiting.
 *
 * @param {string} file
 * @returns {(() => void) | number} releases it, or the pid of the one who has it
 */
export function takeLockNow(file) {
  mkdirSync(dirname(file), { recursive: true });
  while (!tryLock(file)) {
    const holder = holderOf(file);
    if (holder !== undefined && isAlive(holder)) return holder;
    dropStale(file, holder);
  }
  return () => {
    if (holderOf(file) === process.pid) unlinkSync(file);
  };
}

/** @param {string} file */
function tryLock(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid}\n`);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(own);
  }
}

/**
 * Another process may have taken a stale lock over since it was read: what was moved away is looked at once more, and put
 * back where it is not the stale one.
 *
 * @param {string} file
 * @param {number | undefined} stale
 */
function dropStale(file, stale) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
    if (holderOf(aside) !== stale) linkSync(aside, file);
    unlinkSync(aside);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
}

/**
 * @param {string} file
 * @returns {number | undefined}
 */
function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
