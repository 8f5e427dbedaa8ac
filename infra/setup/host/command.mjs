import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './root.mjs';
import { say } from './say.mjs';

const TICK_MS = 15_000;
const KEPT_CHARACTERS = 8_000;
const SHOWN_LINES = 25;
const GRACE_SECONDS = 20;

/** A command that failed, with the end of what it wrote. */
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

/** Ends what still runs; the leashes see to it where this process dies first. */
export function stopCommands() {
  for (const leash of running) leash.kill('SIGTERM');
}

/**
 * Runs a command on the leash, says every 15 s that it still does, and keeps the end of its output for the case that it
 * fails.
 *
 * @param {{ what: string, command: string, args: readonly string[], env?: Record<string, string> }} options
 * @returns {Promise<void>}
 */
export async function runCommand({ what, command, args, env }) {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1_000);
  const tick = setInterval(() => say(`${what}: ${seconds()} s so far`), TICK_MS);
  try {
    const { how, output } = await leashed(command, args, env);
    if (how !== 'exit 0') throw new CommandError(what, how, output);
    say(`${what}: done in ${seconds()} s`);
  } finally {
    clearInterval(tick);
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ how: string, output: string }>}
 */
function leashed(command, args, env) {
  const leash = spawn(join(root, 'infra/local/leash.sh'), [String(GRACE_SECONDS), command, ...args], {
    cwd: root,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  running.add(leash);
  let output = '';
  /** @type {import('node:stream').Readable} */ (leash.stdio[3]).resume();
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
 * What a command leaves behind goes with it, and the leash's own watcher.
 *
 * @param {import('node:child_process').ChildProcess} leash
 */
function killGroup({ pid }) {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left.
  }
}
