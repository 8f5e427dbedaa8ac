import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { say } from './say.mjs';

const ASK_AGAIN_MS = 250;
const WAIT_AT_MOST_MS = 20 * 60_000;

/**
 * Lets one process work at a time. The lock is a file with the pid of its holder. The file appears
 * whole or not at all, as a link to a finished file. A lock whose holder is gone is taken over.
 *
 * @param {string} file
 * @returns {Promise<() => void>} a function that releases it
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
 * Takes the lock without waiting.
 *
 * @param {string} file
 * @returns {(() => void) | number} a function that releases it, or the pid of its holder
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
 * Removes a lock whose holder is gone. Another process may have taken it over since it was read. So
 * the file is moved aside, read once more, and put back where another holder stands in it.
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
