import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../host/command.mjs';
import { java, maven } from '../host/prerequisites.mjs';
import { root } from '../host/root.mjs';
import { say } from '../host/say.mjs';
import { fingerprintOf } from '../host/stamps.mjs';

export const POM = join(root, 'infra/local/pom.xml');
export const JARS = join(root, '.cache/jars');

export const jarsStep = fetching('jars', ['kafka', 'hadoop'], 'Kafka and Hadoop, 110 MB');
export const testJarsStep = fetching('test jars', ['kdc'], 'a Kerberos server for tests, 4 MB');

/**
 * Fetches jars from Maven Central, into one folder for each product.
 *
 * @param {string} name
 * @param {readonly string[]} products each a profile of the POM
 * @param {string} what
 * @returns {import('./step.mjs').Step}
 */
function fetching(name, products, what) {
  return {
    name,
    needs: [java, maven],
    fingerprint: () => fingerprintOf([readFileSync(POM)]),
    isThere: () => products.every((product) => existsSync(join(JARS, product))),
    run: async () => {
      say(`fetching ${what}, once`);
      for (const product of products) await fetchJars(product);
    },
  };
}

/**
 * Fetches into a folder beside and moves that into place, so that an existing folder is complete.
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

/** Maven reads MAVEN_ARGS only from 3.9 on. To give its arguments twice does no harm. */
function ownArguments() {
  return (process.env['MAVEN_ARGS'] ?? '').split(/\s+/).filter((argument) => argument !== '');
}
