import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { java, maven } from './prerequisites.mjs';
import { root } from './root.mjs';
import { say } from './say.mjs';
import { fingerprintOf } from './stamps.mjs';

const PRODUCTS = ['kafka', 'hadoop', 'kdc'];
const POM = join(root, 'infra/local/pom.xml');
const JARS = join(root, '.cache/jars');

/**
 * The jars of Kafka, of Hadoop and of a Kerberos server for tests, from Maven Central, one folder each.
 *
 * @type {import('./step.mjs').Step}
 */
export const jarsStep = {
  name: 'jars',
  needs: [java, maven],
  fingerprint: () => fingerprintOf([readFileSync(POM)]),
  isThere: () => PRODUCTS.every((product) => existsSync(join(JARS, product))),
  run: async () => {
    say('fetching Kafka and Hadoop, 110 MB, once');
    for (const product of PRODUCTS) await fetchJars(product);
  },
};

/**
 * Fetched beside and moved into place, so that a folder that is there is whole.
 *
 * @param {string} product
 * @returns {Promise<void>}
 */
async function fetchJars(product) {
  const beside = join(JARS, `${product}.new`);
  rmSync(beside, { recursive: true, force: true });
  await runCommand({
    what: `Maven, ${product}`,
    command: 'mvn',
    args: [
      ...ownArguments(),
      '-B',
      '-f',
      POM,
      '-P',
      product,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${beside}`,
    ],
  });
  rmSync(join(JARS, product), { recursive: true, force: true });
  renameSync(beside, join(JARS, product));
}

/** Maven reads MAVEN_ARGS itself only from 3.9 on; given twice it does no harm. */
function ownArguments() {
  return (process.env['MAVEN_ARGS'] ?? '').split(/\s+/).filter((argument) => argument !== '');
}
