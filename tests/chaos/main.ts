import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../infra/local/process/root.ts';
import { describeTotals, type RoundReport } from '../support/stage/chaos-report.ts';

/**
 * `npm run test:chaos` plays every disaster in full length, and prints a report. Each round has a
 * seed of its own.
 */
const USAGE = `npm run test:chaos -- [--rounds 3] [--seed 1234] [file ...]
  --rounds   how often each disaster plays, each time with the next seed (default: 1)
  --seed     the seed of the first round, to play it again (default: a random one)
  file       a part of a file's name in tests/chaos: only the disasters of these files play`;

/**
 * More disasters at a time than a small machine has processors. Most of a disaster is a wait for a
 * lease or a time-out.
 */
const AT_A_TIME = 3;

interface Choice {
  readonly rounds: number;
  readonly seed: number;
  readonly files: readonly string[];
}

/** @throws where an argument is unknown or has a wrong value */
function readArguments(): Choice {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string', default: '1' }, seed: { type: 'string' } },
    allowPositionals: true,
  });
  const [rounds, seed] = [Number(values.rounds), Number(values.seed ?? randomInt(1_000_000))];
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be 1 or more');
  if (!Number.isInteger(seed) || seed < 0) throw new Error('--seed must be a whole number');
  return { rounds, seed, files: positionals };
}

/** @throws where no file's name contains `part` */
function disastersNamed(part: string): string[] {
  const all = readdirSync(join(root, 'tests/chaos'), { recursive: true, encoding: 'utf8' });
  const found = all.filter((file) => file.endsWith('.test.ts') && file.includes(part));
  if (found.length === 0) throw new Error(`no disaster is called ${part}`);
  return found.map((file) => `tests/chaos/${file}`);
}

function runVitest({ rounds, seed, files }: Choice, reportFile: string): Promise<number> {
  const filters = files.length > 0 ? files.flatMap(disastersNamed) : ['tests/chaos'];
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = ['run', `--maxWorkers=${AT_A_TIME}`, ...filters];
  const child = spawn(process.execPath, [vitest, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      CHAOS_LONG: 'true',
      CHAOS_ROUNDS: String(rounds),
      CHAOS_SEED: String(seed),
      CHAOS_REPORT: reportFile,
    },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function readReports(file: string): Promise<RoundReport[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

async function main(choice: Choice): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'web-events-chaos-report-'));
  const file = join(folder, 'rounds.jsonl');
  try {
    const code = await runVitest(choice, file);
    console.log(`\n${describeTotals(await readReports(file))}`);
    console.log(
      `seeds ${choice.seed} to ${choice.seed + choice.rounds - 1}: ${code === 0 ? 'green' : 'FAILED'}`,
    );
    return code;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

let choice: Choice | undefined;
try {
  choice = readArguments();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
}
process.exit(choice ? await main(choice) : 2);
