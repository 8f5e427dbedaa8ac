import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bundleArgs, ENTRIES } from './build/site-bundles.mjs';
import { root } from './host/root.mjs';

/** `npm run dev`: the producer and the page, built and started again at every change. All end together. */
const commands = [
  [join(root, 'node_modules/typescript/bin/tsc'), '-b', '--watch', '--preserveWatchOutput'],
  ...ENTRIES.map((entry) => [...bundleArgs(entry), '--watch=forever']),
  ['--watch', 'dist/producer/main.js'],
];
// A group each: the compilers are native programs that the child only starts, and that do not end with it.
const children = commands.map((args) =>
  spawn(process.execPath, args, { cwd: root, detached: true, stdio: ['ignore', 'inherit', 'inherit'] }),
);

function end() {
  for (const { pid } of children) signalGroup(pid);
}

/** @param {number | undefined} pid */
function signalGroup(pid) {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended.
  }
}
for (const child of children) child.once('exit', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
