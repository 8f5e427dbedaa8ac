import { readFile } from 'node:fs/promises';
import { FileSystemError } from './errors.ts';

/** The file that `HDFS_TOKEN_FILE` names, with a delegation token that somebody renews. */
export class TokenFile {
  readonly #path: string;
  #token: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The token as it is now, so that whoever renews it need not tell us. While the file is away or half written the last
   * one goes on: it says of itself how long it is good.
   *
   * @throws {FileSystemError} where there never was one
   */
  async read(): Promise<string> {
    const found = await readFile(this.#path, 'utf8').then(parseToken, () => undefined);
    this.#token = found ?? this.#token;
    if (this.#token !== undefined) return this.#token;
    const says = `HDFS_TOKEN_FILE ${this.#path} cannot be read or holds no token`;
    throw new FileSystemError('refused', 'NoToken', says);
  }
}

/** A delegation token in the form in which it goes into a URL; undefined where the text is none. */
export function parseToken(text: string): string | undefined {
  const token = text.trim();
  return /^[A-Za-z0-9_-]{16,}={0,2}$/.test(token) ? token : undefined;
}
