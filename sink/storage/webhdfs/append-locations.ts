/** Where a file is appended to: a DataNode's address for exactly its path. It may hold a token and is never logged. */
export interface AppendLocation {
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
  readonly #byPath = new Map<string, AppendLocation>();

  /** The last one of this path, or a new one; it is gone until it is kept again. */
  async take(path: string, ask: () => Promise<URL>): Promise<AppendLocation> {
    const last = this.#byPath.get(path);
    this.#byPath.delete(path);
    if (last !== undefined && performance.now() < last.untilMs) return last;
    return { url: await ask(), untilMs: performance.now() + GOOD_FOR_MS };
  }

  /** The append is done. */
  keep(path: string, location: AppendLocation): void {
    this.#byPath.set(path, location);
  }

  forget(path: string): void {
    this.#byPath.delete(path);
  }

  forgetBelow(folder: string): void {
    for (const path of [...this.#byPath.keys()]) if (path.startsWith(`${folder}/`)) this.#byPath.delete(path);
  }
}
