import { join } from 'node:path';
import { root } from '../host/root.mjs';
import { Stamps } from '../host/stamps.mjs';

/** @typedef {import('../host/prerequisites.mjs').Prerequisite} Prerequisite */

/**
 * One part of setup.
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly Prerequisite[]} needs what the step needs of the system
 * @property {() => string} fingerprint of everything that the step reads
 * @property {() => boolean} isThere whether the results of the step still exist
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
