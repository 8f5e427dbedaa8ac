/** A successful append, as a sink with LOG_LEVEL=debug logs it. */
export interface LoggedAppend {
  /** When HDFS answered, ms since the epoch. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly partition: number;
  /** The Kafka offset of the last line. */
  readonly last: number;
  /** The number of lines. */
  readonly count: number;
}

export function appendsIn(logs: string): LoggedAppend[] {
  const lines = logs.split('\n').filter((line) => line.endsWith('"msg":"appended"}'));
  return lines.map((line) => {
    const { time, tookMs, partition, last, count } = JSON.parse(line);
    return { atMs: time, tookMs, partition, last, count };
  });
}
