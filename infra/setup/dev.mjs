import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './root.mjs';
import { bundleArgs, ENTRIES } from './site-bundles.mjs';

/** `npm run dev`: the producer and the page, built and started again at every change. All end together. */
const children = [
  spawn(join(root, 'node_modules/.bin/tsc'), ['-b', '--watch', '--preserveWatchOutput'], {
    stdio: 'inherit',
  }),
  ...ENTRIES.map((entry) =>
    spawn(process.execPath, [...bundleArgs(entry), '--watch=forever'], { stdio: 'inherit', cwd: root }),
  ),
  spawn(process.execPath, ['--watch', 'dist/producer/adapters/node.js'], { stdio: 'inherit', cwd: root }),
];

function end() {
  for (const child of children) child.kill('SIGTERM');
}
for (const child of children) child.once('exit', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
