/** An append that had a clean success, as a sink at LOG_LEVEL=debug logs it. */
export interface LoggedAppend {
  /** When it was answered: wall clock, ms. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly partition: number;
  /** Offset of its last line. */
  readonly last: number;
  /** Lines it carried. */
  readonly count: number;
}

export function appendsIn(logs: string): LoggedAppend[] {
  const lines = logs.split('\n').filter((line) => line.endsWith('"msg":"appended"}'));
  return lines.map((line) => {
    const { time, tookMs, partition, last, count } = JSON.parse(line);
    return { atMs: time, tookMs, partition, last, count };
  });
}
