import { execFile } from 'node:child_process';
import { runCommand } from './command.mjs';
import { onPath } from './on-path.mjs';
import { say } from './say.mjs';

/** A machine that has just started may run another apt-get. */
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=300'];
const env = { DEBIAN_FRONTEND: 'noninteractive' };

/** Whether setup may install packages here: it runs as root, and there is apt-get. */
export function canInstall() {
  return process.getuid?.() === 0 && onPath(['apt-get']) !== undefined;
}

/**
 * @param {readonly (readonly string[])[]} alternatives for each missing thing the packages that
 *   bring it, the best first
 * @returns {Promise<void>}
 */
export async function install(alternatives) {
  // One of the package sources may be broken without being needed. The installation shows it.
  await runCommand({
    what: 'apt-get update',
    command: 'apt-get',
    args: ['-q', ...WAIT_FOR_LOCK, 'update'],
    env,
  }).catch((error) =>
    say(`${error.message.split('\n', 1)[0]}: going on with the package lists that are there`),
  );
  const packages = await choose(alternatives);
  const args = ['-q', '-y', '--no-install-recommends', ...WAIT_FOR_LOCK, 'install', ...packages];
  await runCommand({ what: `apt-get install ${packages.join(' ')}`, command: 'apt-get', args, env });
}

/**
 * For each thing the best package that this system's release has. Where apt-cache does not answer,
 * the first of each.
 *
 * @param {readonly (readonly string[])[]} alternatives
 * @returns {Promise<string[]>}
 */
export async function choose(alternatives) {
  const chosen = alternatives.map(async (packages) => {
    for (const name of packages) if (await hasCandidate(name)) return name;
    return packages[0] ?? '';
  });
  return [...new Set(await Promise.all(chosen))];
}

/**
 * @param {string} name
 * @returns {Promise<boolean>}
 */
function hasCandidate(name) {
  return new Promise((resolve) => {
    execFile('apt-cache', ['policy', name], { env: { ...process.env, LC_ALL: 'C' } }, (_, stdout) => {
      resolve(/Candidate: (?!\(none\))/.test(stdout));
    });
  });
}
