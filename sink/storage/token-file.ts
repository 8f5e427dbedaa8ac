import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeToken, HdfsError } from '../hdfs/index.ts';
import { FileSystemError } from './errors.ts';

/** A file of some hundred bytes. Whoever waits for it has a deadline of a second or more. */
const READ_WITHIN_MS = 1_000;

/** The file that `HDFS_TOKEN_FILE` names, with a delegation token that another program renews. */
export class TokenFile {
  readonly #path: string;
  #token: string | undefined;
  /** One at a time: each read of a file that hangs keeps one of the process's few threads. */
  #reading: Promise<string | undefined> | undefined;
  #isLate = false;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Reads the token anew, so the program that renews it need not tell the sink. While the file is
   * away, half written or hangs, the last token stays in use. A token knows how long it is valid.
   *
   * @throws {FileSystemError} where the file never held a token
   */
  async read(): Promise<string> {
    if (!this.#isLate) this.#token = (await this.#readInTime()) ?? this.#token;
    if (this.#token !== undefined) return this.#token;
    if (this.#isLate) {
      const message = `HDFS_TOKEN_FILE ${this.#path} was not read within ${READ_WITHIN_MS} ms: does its file system hang?`;
      throw new FileSystemError('unavailable', 'ETIMEDOUT', message);
    }
    const message = `HDFS_TOKEN_FILE ${this.#path} cannot be read or holds no token`;
    throw new FileSystemError('refused', 'NoToken', message);
  }

  async #readInTime(): Promise<string | undefined> {
    this.#reading ??= readFile(this.#path, 'utf8')
      .then(parseToken, () => undefined)
      .finally(() => {
        this.#reading = undefined;
        this.#isLate = false;
      });
    const done = new AbortController();
    const late = delay(READ_WITHIN_MS, undefined, { signal: done.signal }).then(
      () => {
        this.#isLate = this.#reading !== undefined;
        return undefined;
      },
      () => undefined,
    );
    return Promise.race([this.#reading, late]).finally(() => done.abort());
  }
}

/**
 * A delegation token in the form that stands in a URL; undefined where the text is none. A token
 * that is half written is none.
 */
export function parseToken(text: string): string | undefined {
  const token = text.trim();
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(token)) return undefined;
  try {
    decodeToken(token);
    return token;
  } catch (error) {
    if (error instanceof HdfsError) return undefined;
    throw error;
  }
}
