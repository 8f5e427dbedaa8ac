import { readFile } from 'node:fs/promises';
import { FileSystemError } from './errors.ts';

/** The file that `HDFS_TOKEN_FILE` names, with a delegation token that another program renews. */
export class TokenFile {
  readonly #path: string;
  #token: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Reads the token anew, so the program that renews it need not tell the sink. While the file is
   * away or half written, the last token stays in use. A token knows how long it is valid.
   *
   * @throws {FileSystemError} where the file never held a token
   */
  async read(): Promise<string> {
    const found = await readFile(this.#path, 'utf8').then(parseToken, () => undefined);
    this.#token = found ?? this.#token;
    if (this.#token !== undefined) return this.#token;
    const message = `HDFS_TOKEN_FILE ${this.#path} cannot be read or holds no token`;
    throw new FileSystemError('refused', 'NoToken', message);
  }
}

/** A delegation token in the form that stands in a URL; undefined where the text is none. */
export function parseToken(text: string): string | undefined {
  const token = text.trim();
  return /^[A-Za-z0-9_-]{16,}={0,2}$/.test(token) ? token : undefined;
}
