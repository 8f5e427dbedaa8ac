import { join } from 'node:path';
import { root } from '../host/root.mjs';
import { Stamps } from '../host/stamps.mjs';

/**
 * One part of setup.
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly import('../host/prerequisites.mjs').Prerequisite[]} needs of the system, to run
 * @property {() => string} fingerprint of all it reads
 * @property {() => boolean} isThere whether what it makes is still there
 * @property {() => Promise<void>} run
 */

const stamps = new Stamps(join(root, '.cache/setup.json'));

/** @param {Step} step */
export function isDue(step) {
  return !(step.isThere() && stamps.has(step.name, step.fingerprint()));
}

/**
 * @param {Step} step
 * @returns {Promise<void>}
 */
export async function perform(step) {
  const fingerprint = step.fingerprint();
  stamps.remove(step.name);
  await step.run();
  stamps.write(step.name, fingerprint);
}
