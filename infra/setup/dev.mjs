import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './root.mjs';

/** `npm run dev`: the producer, built and started again at every change. Both end together. */
const children = [
  spawn(join(root, 'node_modules/.bin/tsc'), ['-b', '--watch', '--preserveWatchOutput'], {
    stdio: 'inherit',
  }),
  spawn(process.execPath, ['--watch', 'dist/producer/adapters/node.js'], { stdio: 'inherit', cwd: root }),
];

function end() {
  for (const child of children) child.kill('SIGTERM');
}
for (const child of children) child.once('exit', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
