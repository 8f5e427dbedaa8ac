import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, runCommand, startCommand } from '../host/command.mjs';
import { javaCommand } from '../host/java.mjs';
import { archiveIn, JVM_FLAGS, jarsIn } from './class-path.mjs';

/** @typedef {import('./rehearsal.mjs').Rehearsal} Rehearsal */

/**
 * Writes a class-data sharing archive of a product's jars. It has the classes that a cluster loads
 * at its start, in the form that they have in the JVM. A start with it takes a quarter to a third
 * less processor time. The JVM writes no archive with a folder on the class path. So the folders
 * have to stand after the jars.
 *
 * https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html
 *
 * @param {string} product
 * @param {string} jars the folder
 * @param {(folder: string) => Promise<Rehearsal>} rehearse
 * @returns {Promise<void>}
 */
export async function writeClassArchive(product, jars, rehearse) {
  const folder = mkdtempSync(join(tmpdir(), `web-events-classes-`));
  try {
    const lists = join(folder, 'lists');
    mkdirSync(lists);
    await perform(await rehearse(folder), jars, `-XX:DumpLoadedClassList=${lists}/%p`);
    const list = join(folder, 'classes');
    writeFileSync(list, mergedLists(lists));
    const beside = `${archiveIn(jars)}.new`;
    await runCommand({
      what: `class archive of ${product}`,
      command: javaCommand(),
      args: [
        '-Xshare:dump',
        ...JVM_FLAGS,
        `-XX:SharedClassListFile=${list}`,
        `-XX:SharedArchiveFile=${beside}`,
        '-cp',
        jarsIn(jars).join(':'),
      ],
    });
    renameSync(beside, archiveIn(jars));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Rehearsal} rehearsal
 * @param {string} jars the folder
 * @param {string} listFlag
 * @returns {Promise<void>}
 */
async function perform({ format, daemons, classFolders, jvmFlags, ready }, jars, listFlag) {
  const classPath = [...jarsIn(jars), ...classFolders].join(':');
  const flags = [...JVM_FLAGS, ...jvmFlags, listFlag, '-Xmx256m', '-cp', classPath];
  await runCommand({ what: 'format', command: javaCommand(), args: [...flags, ...format] });
  const started = daemons.map((daemon) => startCommand(javaCommand(), [...flags, ...daemon]));
  const endedEarly = Promise.race(started.map(({ ended }) => ended)).then(({ how, output }) => {
    throw new CommandError('rehearsal', how, output);
  });
  try {
    await Promise.race([ready(), endedEarly]);
  } finally {
    for (const { stop } of started) stop();
    await Promise.all(started.map(({ ended }) => ended));
  }
}

/**
 * Each class once, in the order in which the JVMs loaded them.
 *
 * @param {string} folder
 */
function mergedLists(folder) {
  const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
  return [...new Set(lines.filter((line) => !line.startsWith('#')))].join('\n');
}
