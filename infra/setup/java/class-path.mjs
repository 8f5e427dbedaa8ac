import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Flags of every JVM on the jars of `.cache/jars`. A class archive holds only for a JVM with the
 * flags and the first class path entries of the JVM that wrote it.
 */
export const JVM_FLAGS = [
  // Maven has checked the jars' checksums. Verifying their classes takes a sixth of each start.
  '-XX:+UnlockDiagnosticVMOptions',
  '-XX:-BytecodeVerificationRemote',
];

/**
 * The jars in a product's folder, always in the same order: a class archive is bound to it.
 *
 * @param {string} folder
 * @returns {string[]} their paths
 */
export function jarsIn(folder) {
  const jars = readdirSync(folder).filter((name) => name.endsWith('.jar'));
  return jars.sort().map((name) => join(folder, name));
}

/**
 * Where a product's class archive is, or will be. It lies beside the jars, and goes when they go.
 *
 * @param {string} folder
 */
export function archiveIn(folder) {
  return join(folder, 'classes.jsa');
}

/**
 * The flags for a JVM that starts with the archive, if there is one. A JVM that cannot use the
 * archive starts without it, and warns on stderr.
 *
 * @param {string} folder
 * @returns {string[]}
 */
export function archiveFlags(folder) {
  const archive = archiveIn(folder);
  if (!existsSync(archive)) return [];
  return [`-XX:SharedArchiveFile=${archive}`, '-Xlog:disable', '-Xlog:all=warning:stderr'];
}
