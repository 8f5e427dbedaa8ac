import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { nativeBuild } from './prerequisites.mjs';
import { root } from './root.mjs';
import { say } from './say.mjs';
import { fingerprintOf } from './stamps.mjs';

const CLIENT = 'node_modules/@confluentinc/kafka-javascript';
const PRODUCTS = [
  'node_modules/.package-lock.json',
  `${CLIENT}/build/Release/confluent-kafka-javascript.node`,
];

/**
 * `npm ci`. The Kafka client's own install script asks for a ready-made binary first; where its host cannot be reached it
 * compiles. CKJS_LINKING=dynamic makes that compile against the system's libraries: its other way downloads their sources.
 *
 * @type {import('./step.mjs').Step}
 */
export const packagesStep = {
  name: 'packages',
  needs: nativeBuild,
  fingerprint: () =>
    fingerprintOf([
      readFileSync(join(root, 'package-lock.json')),
      `${process.versions.modules} ${process.platform} ${process.arch}`,
    ]),
  isThere: () => PRODUCTS.every((product) => existsSync(join(root, product))),
  run: async () => {
    say('npm ci, which may compile the Kafka client: about two minutes, once');
    await runCommand({ what: 'npm ci', command: 'npm', args: ['ci'], env: { CKJS_LINKING: 'dynamic' } });
    const load = `require(${JSON.stringify(`./${CLIENT}`)})`;
    await runCommand({
      what: "the Kafka client's first load",
      command: process.execPath,
      args: ['-e', load],
    });
  },
};
