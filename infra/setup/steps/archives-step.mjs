import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { javaCommand } from '../host/java.mjs';
import { onPath } from '../host/on-path.mjs';
import { java } from '../host/prerequisites.mjs';
import { say } from '../host/say.mjs';
import { fingerprintOf } from '../host/stamps.mjs';
import { writeClassArchive } from '../java/class-archive.mjs';
import { archiveIn } from '../java/class-path.mjs';
import { hadoopRehearsal, kafkaRehearsal } from '../java/rehearsal.mjs';
import { JARS, POM } from './jars-step.mjs';

const REHEARSALS = { kafka: kafkaRehearsal, hadoop: hadoopRehearsal };

/**
 * Writes a class archive for each product that the tests start many times. It takes half a minute
 * of processor time, mostly while npm waits for the network or compiles with one job. `npm start`
 * alone would not earn that back.
 *
 * @type {import('./step.mjs').Step}
 */
export const archivesStep = {
  name: 'class archives',
  needs: [java],
  fingerprint: () => fingerprintOf([readFileSync(POM), identityOfJava()]),
  isThere: () => Object.keys(REHEARSALS).every((product) => existsSync(archiveIn(join(JARS, product)))),
  run: async () => {
    try {
      for (const [product, rehearse] of Object.entries(REHEARSALS)) {
        await writeClassArchive(product, join(JARS, product), rehearse);
      }
    } catch (error) {
      say(`going on without class archives, so that clusters start slower: ${error}`);
    }
  },
};

/**
 * Another JVM cannot use the archive. The program file stands for the JVM, because `java -version`
 * would cost each setup a JVM's start.
 */
function identityOfJava() {
  const command = javaCommand();
  const file = command.includes('/') ? command : onPath([command]);
  if (file === undefined || !existsSync(file)) return 'none';
  return `${realpathSync(file)} ${statSync(file).mtimeMs}`;
}
