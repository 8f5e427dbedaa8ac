import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyAssets, removeStale } from '../build/dist.mjs';
import { generateMessages } from '../build/proto-messages.mjs';
import { bundleSite, bundlesAreThere } from '../build/site-bundles.mjs';
import { sourceFiles } from '../build/source-files.mjs';
import { runCommand } from '../host/command.mjs';
import { root } from '../host/root.mjs';
import { fingerprintOf } from '../host/stamps.mjs';

/**
 * Generates the messages of HDFS's protocol, runs `tsc -b`, bundles the page's scripts, and copies
 * its other files beside them.
 *
 * @type {import('./step.mjs').Step}
 */
export const buildStep = {
  name: 'build',
  needs: [],
  fingerprint: () =>
    fingerprintOf([
      readFileSync(join(root, 'package-lock.json')),
      ...sourceFiles().map(({ path, bytes, changedMs }) => `${path} ${bytes} ${changedMs}`),
    ]),
  isThere: () => existsSync(join(root, 'dist/infra/local/start.js')) && bundlesAreThere(),
  run: async () => {
    removeStale();
    await generateMessages();
    // Node 20.3 does not run bin/tsc: it is a module without an extension.
    const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
    await runCommand({ what: 'tsc -b', command: process.execPath, args: [tsc, '-b'] });
    await bundleSite();
    copyAssets();
  },
};
