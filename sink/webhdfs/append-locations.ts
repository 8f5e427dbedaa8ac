/** Where a segment is appended to: a DataNode's address for exactly this path. It may hold a token and is never logged. */
export interface AppendLocation {
  readonly path: string;
  readonly url: URL;
  /** By `performance.now()`. */
  readonly untilMs: number;
}

/** The DataNode may be about to leave, or to have more to do than others: now and then the NameNode chooses anew. */
const GOOD_FOR_MS = 10_000;

/**
 * What answered the last append takes the next one too, which saves asking the NameNode: a tenth of an append or more. A
 * location names the whole path, and so dies with the token it was asked under. There is none while an append is under
 * way, and none after one that failed.
 */
export class AppendLocations {
  readonly #byPartition = new Map<number, AppendLocation>();

  /** The one for this path, or a new one; it is gone until it is kept again. */
  async take(partition: number, path: string, ask: () => Promise<URL>): Promise<AppendLocation> {
    const last = this.#byPartition.get(partition);
    this.#byPartition.delete(partition);
    if (last?.path === path && performance.now() < last.untilMs) return last;
    return { path, url: await ask(), untilMs: performance.now() + GOOD_FOR_MS };
  }

  /** The append is done. */
  keep(partition: number, location: AppendLocation): void {
    this.#byPartition.set(partition, location);
  }
}
