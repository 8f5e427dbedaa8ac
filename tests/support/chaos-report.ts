import { appendFile } from 'node:fs/promises';

/** One round of one disaster, as the report of `npm run test:chaos` adds them up. */
export interface RoundReport {
  readonly disaster: string;
  readonly seed: number;
  /** How often what was made to go wrong. */
  readonly faults: Readonly<Record<string, number>>;
  readonly records: number;
  readonly lost: number;
  readonly doubled: number;
  readonly reordered: number;
  readonly torn: number;
  /** Lines that are not their record's, and published segments that changed. */
  readonly false: number;
  /** What was measured, and how long it took each time, ms. */
  readonly tookMs: Readonly<Record<string, readonly number[]>>;
}

/** Where `npm run test:chaos` collects the rounds; unset in `npm test`. */
const file = process.env['CHAOS_REPORT'];

/** Says how the round went, and keeps it for the report where there is one. */
export async function report(round: RoundReport): Promise<void> {
  process.stdout.write(`${describeRound(round)}\n`);
  if (file) await appendFile(file, `${JSON.stringify(round)}\n`);
}

export function describeRound(round: RoundReport): string {
  const faults = Object.entries(round.faults).map(([fault, count]) => `${fault} ${count}`);
  const times = Object.entries(round.tookMs).map(([what, tookMs]) => `${what} ${describeTimes(tookMs)}`);
  const { lost, doubled, reordered, torn } = round;
  return [
    `chaos: ${round.disaster}, seed ${round.seed}: ${faults.join(', ') || 'no fault'}`,
    `${round.records} records, lost ${lost}, doubled ${doubled}, reordered ${reordered}, torn ${torn}, false ${round.false}`,
    ...times,
  ].join('; ');
}

export function describeTimes(tookMs: readonly number[]): string {
  const sorted = [...tookMs].sort((a, b) => a - b);
  const seconds = (ms: number | undefined) => `${((ms ?? 0) / 1_000).toFixed(1)} s`;
  return `p50 ${seconds(sorted[Math.floor((sorted.length - 1) / 2)])}, max ${seconds(sorted.at(-1))}`;
}
