import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './root.mjs';
import { say } from './say.mjs';

const TICK_MS = 15_000;
const KEPT_CHARACTERS = 8_000;
const SHOWN_LINES = 25;
const GRACE_SECONDS = 20;

/** A command that failed, with the end of its output. */
export class CommandError extends Error {
  /**
   * @param {string} what
   * @param {string} how
   * @param {string} output
   */
  constructor(what, how, output) {
    const lines = output.trimEnd().split('\n').slice(-SHOWN_LINES);
    super(`${what} failed (${how}):\n  ${lines.join('\n  ')}`);
    this.output = output;
  }
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * @typedef {object} CommandOptions
 * @property {string} what for the log
 * @property {string} command
 * @property {readonly string[]} args
 * @property {Record<string, string>} [env] beside this process's own
 */

/** Ends every command that still runs. Where this process dies first, the leashes end them. */
export function stopCommands() {
  for (const leash of running) leash.kill('SIGTERM');
}

/**
 * Runs a command on the leash and says every 15 s that it still runs.
 *
 * @param {CommandOptions} options
 * @returns {Promise<void>} rejects with a `CommandError` where the command fails
 */
export async function runCommand({ what, command, args, env }) {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1_000);
  const tick = setInterval(() => say(`${what}: ${seconds()} s so far`), TICK_MS);
  try {
    const { how, output } = await startCommand(command, args, env).ended;
    if (how !== 'exit 0') throw new CommandError(what, how, output);
    say(`${what}: done in ${seconds()} s`);
  } finally {
    clearInterval(tick);
  }
}

/**
 * A command on the leash.
 *
 * @typedef {object} Command
 * @property {() => void} stop sends SIGTERM
 * @property {Promise<{ how: string, output: string }>} ended with the end of its output
 */

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env] beside this process's own
 * @returns {Command}
 */
export function startCommand(command, args, env) {
  const leash = spawn(join(root, 'infra/local/leash.sh'), [String(GRACE_SECONDS), command, ...args], {
    cwd: root,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  running.add(leash);
  /** @type {import('node:stream').Readable} */ (leash.stdio[3]).resume();
  return { stop: () => leash.kill('SIGTERM'), ended: endOf(leash) };
}

/**
 * @param {import('node:child_process').ChildProcess} leash
 * @returns {Promise<{ how: string, output: string }>}
 */
function endOf(leash) {
  let output = '';
  for (const stream of [leash.stdout, leash.stderr]) {
    stream?.on('data', (chunk) => {
      output = (output + chunk).slice(-KEPT_CHARACTERS);
    });
  }
  return new Promise((resolve, reject) => {
    leash.once('error', reject);
    leash.once('exit', () => killGroup(leash));
    leash.once('close', (code, signal) => resolve({ how: signal ?? `exit ${code}`, output }));
  }).finally(() => running.delete(leash));
}

/**
 * Ends what the command left behind in its process group, and the leash's own watcher.
 *
 * @param {import('node:child_process').ChildProcess} leash
 */
function killGroup({ pid }) {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left of the group.
  }
}
