import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bundleArgs, ENTRIES } from './build/site-bundles.mjs';
import { root } from './host/root.mjs';

/**
 * `npm run dev`: builds the producer and the page and starts them again at every change. When one
 * of the commands ends, all of them end.
 */
const commands = [
  [join(root, 'node_modules/typescript/lib/tsc.js'), '-b', '--watch', '--preserveWatchOutput'],
  ...ENTRIES.map((entry) => [...bundleArgs(entry), '--watch=forever']),
  ['--watch', 'dist/producer/main.js'],
];
// Each command gets a process group. The compilers are native programs that the child starts, and
// they do not end with the child.
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
