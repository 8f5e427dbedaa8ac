/**
 * The address at which a DataNode appends to exactly one path. It may hold a token, so no log shows
 * it.
 */
export interface AppendLocation {
  readonly url: URL;
  /** The end of its use, by `performance.now()`. */
  readonly untilMs: number;
}

/**
 * The DataNode may be about to leave, or be busier than others. So the NameNode chooses anew after
 * this time.
 */
const GOOD_FOR_MS = 10_000;

/**
 * The locations of the last appends. The DataNode that answered the last append to a file takes the
 * next one, too. This saves a question to the NameNode, which takes a tenth of an append or more. A
 * location names the whole path, so it is of no use after another claim. A file has no location
 * during an append, and none after an append that failed.
 */
export class AppendLocations {
  readonly #byPath = new Map<string, AppendLocation>();

  /** Removes the last location of the path, or asks for a new one. */
  async take(path: string, ask: () => Promise<URL>): Promise<AppendLocation> {
    const last = this.#byPath.get(path);
    this.#byPath.delete(path);
    if (last !== undefined && performance.now() < last.untilMs) return last;
    return { url: await ask(), untilMs: performance.now() + GOOD_FOR_MS };
  }

  /**
   * Keeps the location for the next append. The caller calls this after an append that succeeded.
   */
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
