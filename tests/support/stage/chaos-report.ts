import { appendFile } from 'node:fs/promises';

/** One round of one disaster. The report of `npm run test:chaos` adds up all rounds. */
export interface RoundReport {
  readonly disaster: string;
  readonly seed: number;
  /** How often each fault was injected. */
  readonly faults: Readonly<Record<string, number>>;
  readonly records: number;
  readonly lost: number;
  readonly doubled: number;
  readonly reordered: number;
  readonly torn: number;
  /** Lines that differ from their record, and published segments that changed. */
  readonly false: number;
  /** Further counts, by name. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Every measured time, ms, by the name of the measurement. */
  readonly tookMs: Readonly<Record<string, readonly number[]>>;
}

/** The file in which `npm run test:chaos` collects the rounds; unset in `npm test`. */
const file = process.env['CHAOS_REPORT'];

/** Prints the result of the round, and keeps it for the report where there is one. */
export async function report(round: RoundReport): Promise<void> {
  process.stdout.write(`${describeRound(round)}\n`);
  if (file) await appendFile(file, `${JSON.stringify(round)}\n`);
}

export function describeRound(round: RoundReport): string {
  const faults = Object.entries(round.faults).map(([fault, count]) => `${fault} ${count}`);
  const times = Object.entries(round.tookMs).map(([what, tookMs]) => `${what} ${describeTimes(tookMs)}`);
  const counts = Object.entries(round.counts ?? {}).map(([what, count]) => `${what} ${count}`);
  const { lost, doubled, reordered, torn } = round;
  return [
    `chaos: ${round.disaster}, seed ${round.seed}: ${faults.join(', ') || 'no fault'}`,
    `${round.records} records, lost ${lost}, doubled ${doubled}, reordered ${reordered}, torn ${torn}, false ${round.false}`,
    ...(counts.length > 0 ? [counts.join(', ')] : []),
    ...times,
  ].join('; ');
}

export function describeTimes(tookMs: readonly number[]): string {
  const sorted = [...tookMs].sort((a, b) => a - b);
  return `p50 ${describeTime(sorted[Math.floor((sorted.length - 1) / 2)])}, max ${describeTime(sorted.at(-1))}`;
}

function describeTime(ms = 0): string {
  return ms < 100 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** The sums of all rounds: a line for each disaster, and a line for all together. */
export function describeTotals(rounds: readonly RoundReport[]): string {
  const disasters = [...new Set(rounds.map(({ disaster }) => disaster))].sort();
  const rows = disasters.map((disaster) =>
    rowOf(
      disaster,
      rounds.filter((round) => round.disaster === disaster),
    ),
  );
  const heading = [
    'disaster',
    'rounds',
    'faults',
    'records',
    'lost',
    'doubled',
    'reordered',
    'torn',
    'false',
  ];
  const table = [heading, ...rows, rowOf('all', rounds)];
  const widths = heading.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  return [...lines, '', 'times:', ...timesOf(rounds)].join('\n');
}

function rowOf(name: string, rounds: readonly RoundReport[]): string[] {
  const sum = (value: (round: RoundReport) => number) =>
    rounds.reduce((total, round) => total + value(round), 0).toLocaleString('en');
  return [
    name,
    String(rounds.length),
    sum(({ faults }) => Object.values(faults).reduce((total, count) => total + count, 0)),
    sum(({ records }) => records),
    sum(({ lost }) => lost),
    sum(({ doubled }) => doubled),
    sum(({ reordered }) => reordered),
    sum(({ torn }) => torn),
    sum((round) => round.false),
  ];
}

/**
 * The recoveries of each disaster stand apart. A measurement with a name of its own is added up
 * over all disasters.
 */
function timesOf(rounds: readonly RoundReport[]): string[] {
  const all = new Map<string, number[]>();
  for (const { disaster, tookMs } of rounds) {
    for (const [what, times] of Object.entries(tookMs)) {
      const name = what === 'recovery' ? `recovery: ${disaster}` : what;
      all.set(name, [...(all.get(name) ?? []), ...times]);
    }
  }
  return [...all].sort().map(([name, times]) => `  ${name}: ${describeTimes(times)} (${times.length} times)`);
}
