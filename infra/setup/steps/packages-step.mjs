import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../host/command.mjs';
import { nativeBuild } from '../host/prerequisites.mjs';
import { root } from '../host/root.mjs';
import { say } from '../host/say.mjs';
import { fingerprintOf } from '../host/stamps.mjs';
import { KafkaBinding } from '../packages/kafka-binding.mjs';

const LOAD = "require('./node_modules/@confluentinc/kafka-javascript')";

/**
 * What the native build needs. The build fails when make runs two jobs at once. Most installations
 * of Node bring Node's headers along: with them node-gyp downloads nothing.
 */
function buildEnvironment() {
  const prefix = dirname(dirname(process.execPath));
  const hasHeaders = existsSync(join(prefix, 'include/node/node.h'));
  return { CKJS_LINKING: 'dynamic', JOBS: '1', ...(hasHeaders ? { npm_config_nodedir: prefix } : {}) };
}

/**
 * Runs `npm ci`. The Kafka client's install script asks for a ready-made binary first, and compiles
 * where that binary's host cannot be reached. `CKJS_LINKING=dynamic` makes it compile against the
 * system's libraries. Otherwise it would download their sources.
 *
 * @type {import('./step.mjs').Step}
 */
export const packagesStep = {
  name: 'packages',
  needs: nativeBuild,
  fingerprint: () => packagesFingerprint(readFileSync(join(root, 'package-lock.json'))),
  isThere: () =>
    existsSync(join(root, 'node_modules/.package-lock.json')) && new KafkaBinding(root).isInstalled,
  run: async () => {
    const binding = new KafkaBinding(root);
    if (!binding.isKept && binding.isOfLockedVersion && (await loads())) binding.keep();
    if (await installWithKept(binding)) return;
    say('npm ci, which may compile the Kafka client: two to three minutes, once');
    await runCommand({ what: 'npm ci', command: 'npm', args: ['ci'], env: buildEnvironment() });
    await load();
    binding.keep();
  },
};

/**
 * The fingerprint of the packages. The ABI of Node is part of it, because a Node of another ABI
 * cannot load the compiled part.
 *
 * @param {string | Buffer} lock the lock file's content
 * @param {{ versions: { modules: string }, platform: string, arch: string }} [host]
 */
export function packagesFingerprint(lock, { versions, platform, arch } = process) {
  return fingerprintOf([lock, `${versions.modules} ${platform} ${arch}`]);
}

/**
 * Installs with the compiled part of an earlier installation.
 *
 * @param {KafkaBinding} binding
 * @returns {Promise<boolean>} false where there is none, or where it does not load any more
 */
async function installWithKept(binding) {
  if (!binding.isKept) return false;
  const args = ['ci', '--ignore-scripts'];
  await runCommand({ what: 'npm ci, with the compiled Kafka client that is there', command: 'npm', args });
  binding.restore();
  if (await loads()) return true;
  // The system's libraries may have changed.
  binding.forget();
  return false;
}

const loads = () =>
  load().then(
    () => true,
    () => false,
  );

function load() {
  return runCommand({
    what: "loading the Kafka client's compiled part",
    command: process.execPath,
    args: ['-e', LOAD],
  });
}
