import { execFileSync } from 'node:child_process';

/** The resident memory of all the processes together, bytes. */
export function residentBytes(pids: readonly number[]): number {
  const answer = execFileSync('ps', ['-o', 'rss=', '-p', pids.join(',')], { encoding: 'utf8' });
  return answer.split('\n').reduce((sum, kilobytes) => sum + Number(kilobytes) * 1_024, 0);
}

/** The resident memory at one moment. */
export interface MemorySample {
  /** Since the first sample. */
  readonly atMs: number;
  readonly bytes: number;
}

/**
 * How fast memory grows, bytes an hour. It is the slope of the straight line that fits the samples
 * best (least squares).
 */
export function growthPerHour(samples: readonly MemorySample[]): number {
  const meanMs = mean(samples.map(({ atMs }) => atMs));
  const meanBytes = mean(samples.map(({ bytes }) => bytes));
  const covariance = mean(samples.map(({ atMs, bytes }) => (atMs - meanMs) * (bytes - meanBytes)));
  const variance = mean(samples.map(({ atMs }) => (atMs - meanMs) ** 2));
  return (covariance / variance) * 3_600_000;
}

/** The rows of a table about the course of memory. */
export function memoryRows(samples: readonly MemorySample[]): string[][] {
  const third = Math.floor(samples.length / 3);
  const meanOf = (some: readonly MemorySample[]) => `${megabytes(mean(some.map(({ bytes }) => bytes)))} MB`;
  return [
    ['growth, by the line that fits all samples best', `**${megabytes(growthPerHour(samples))} MB an hour**`],
    ['mean of the first third', meanOf(samples.slice(0, third))],
    ['mean of the last third', meanOf(samples.slice(-third))],
    ['most', `${megabytes(Math.max(...samples.map(({ bytes }) => bytes)))} MB`],
  ];
}

export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
