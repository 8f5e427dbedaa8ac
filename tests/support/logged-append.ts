/** An append that had a clean success, as a sink at LOG_LEVEL=debug logs it. */
export interface LoggedAppend {
  /** Wall clock, ms. */
  readonly atMs: number;
  readonly partition: number;
  /** Offset of its last line. */
  readonly last: number;
}

export function appendsIn(logs: string): LoggedAppend[] {
  const lines = logs.split('\n').filter((line) => line.endsWith('"msg":"appended"}'));
  return lines.map((line) => {
    const { time, partition, last } = JSON.parse(line);
    return { atMs: time, partition, last };
  });
}
