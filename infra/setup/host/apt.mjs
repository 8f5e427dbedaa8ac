import { execFile } from 'node:child_process';
import { runCommand } from './command.mjs';
import { onPath } from './on-path.mjs';
import { say } from './say.mjs';

/** Another apt-get may be at work, as on a machine that has just started. */
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=300'];
const env = { DEBIAN_FRONTEND: 'noninteractive' };

/** Whether packages can be installed here without asking anybody. */
export function canInstall() {
  return process.getuid?.() === 0 && onPath(['apt-get']) !== undefined;
}

/**
 * @param {readonly (readonly string[])[]} alternatives for each thing the packages that bring it, best first
 * @returns {Promise<void>}
 */
export async function install(alternatives) {
  // Some source of packages may be out of order without being needed: the installation tells.
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
 * The best package of each that this system's release has, or the best of all where it cannot be asked.
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
