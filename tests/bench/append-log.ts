/** One append as the sink's debug log tells of it. */
export interface Append {
  readonly partition: number;
  /** Offset of its last line. */
  readonly last: number;
  /** Lines it carried. */
  readonly count: number;
  /** When it was answered 200, ms since 1970. */
  readonly durableAtMs: number;
  readonly tookMs: number;
}

/** The appends a sink has made, oldest first, from all that it logged at level `debug`. */
export function appendsIn(log: string): Append[] {
  return log.split('\n').flatMap((line) => {
    if (!line.includes('"msg":"appended"')) return [];
    const { partition, last, count, time, tookMs } = JSON.parse(line);
    return [{ partition, last, count, durableAtMs: time, tookMs }];
  });
}
