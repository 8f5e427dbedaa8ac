import { execFile } from 'node:child_process';
import { join } from 'node:path';

export const OLDEST_JAVA = 17;
const ANSWER_WITHIN_MS = 10_000;

/**
 * The major version in the output of `java -version`, which has `"17.0.15"`, `"21"`, `"24-ea"`, or
 * `"1.8.0_442"` for Java 8.
 *
 * @param {string} output
 * @returns {number | undefined}
 */
export function javaMajor(output) {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output) ?? [];
  if (first === undefined) return undefined;
  return first === '1' && second !== undefined ? Number(second) : Number(first);
}

/**
 * JAVA_HOME's `java` where that is set, else the one on the PATH.
 *
 * @param {NodeJS.ProcessEnv} [env]
 */
export function javaCommand(env = process.env) {
  const home = env['JAVA_HOME'];
  return home ? join(home, 'bin/java') : 'java';
}

/**
 * Says what is wrong with Java. Undefined where it is new enough.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>}
 */
export async function javaProblem(env = process.env) {
  const home = env['JAVA_HOME'];
  const major = javaMajor(await versionText(javaCommand(env)));
  if (major !== undefined && major >= OLDEST_JAVA) return undefined;
  const found = major === undefined ? 'no java' : `Java ${major}`;
  return home ? `JAVA_HOME=${home} has ${found}: unset it or let it name another` : `found ${found}`;
}

/**
 * @param {string} command
 * @returns {Promise<string>}
 */
function versionText(command) {
  return new Promise((resolve) => {
    execFile(command, ['-version'], { timeout: ANSWER_WITHIN_MS }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
