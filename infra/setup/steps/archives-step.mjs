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
 * A class archive of each product that tests start many times. It costs half a minute of one
 * processor, while the compiler of the Kafka client keeps the other one busy. `npm start` alone
 * would not earn that back.
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

/** Another JVM cannot use the archive. To ask `java -version` would cost each setup a JVM's start. */
function identityOfJava() {
  const command = javaCommand();
  const file = command.includes('/') ? command : onPath([command]);
  if (file === undefined || !existsSync(file)) return 'none';
  return `${realpathSync(file)} ${statSync(file).mtimeMs}`;
}
