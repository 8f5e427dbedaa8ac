import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../host/command.mjs';
import { nativeBuild } from '../host/prerequisites.mjs';
import { root } from '../host/root.mjs';
import { say } from '../host/say.mjs';
import { fingerprintOf } from '../host/stamps.mjs';

const CLIENT = 'node_modules/@confluentinc/kafka-javascript';
const PRODUCTS = [
  'node_modules/.package-lock.json',
  `${CLIENT}/build/Release/confluent-kafka-javascript.node`,
];

/**
 * For the native build. It fails when make works on two things at once. Node's own headers come with most ways of
 * installing Node: with them nothing is downloaded.
 */
function buildEnvironment() {
  const prefix = dirname(dirname(process.execPath));
  const hasHeaders = existsSync(join(prefix, 'include/node/node.h'));
  return { CKJS_LINKING: 'dynamic', JOBS: '1', ...(hasHeaders ? { npm_config_nodedir: prefix } : {}) };
}

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
    say('npm ci, which may compile the Kafka client: two to three minutes, once');
    await runCommand({ what: 'npm ci', command: 'npm', args: ['ci'], env: buildEnvironment() });
    const load = `require(${JSON.stringify(`./${CLIENT}`)})`;
    await runCommand({
      what: "the Kafka client's first load",
      command: process.execPath,
      args: ['-e', load],
    });
  },
};
