import { readFileSync } from 'node:fs';
import * as https from 'node:https';
import { until } from '../until.ts';
import type { SecuredHdfs } from './secured-hdfs.ts';

interface FileStatus {
  readonly pathSuffix: string;
  readonly type: 'FILE' | 'DIRECTORY';
}

const ANSWER_WITHIN_MS = 20_000;

/** Reads a secured cluster over WebHDFS with a token. It shares no code with the sink's client. */
export class SecuredWitness {
  readonly #url: string;
  readonly #ca: Buffer;
  readonly #token: () => string;

  constructor({ hdfs, caFile }: SecuredHdfs, token: () => string) {
    this.#url = hdfs.url;
    this.#ca = readFileSync(caFile);
    this.#token = token;
  }

  /**
   * Counts the lines in all files below a folder. It tries again, because a file that is being
   * appended to may be unreadable for a moment.
   */
  lines(folder: string): Promise<number> {
    return until(() => this.#count(folder).catch(() => undefined), { what: `${folder} can be read` });
  }

  async cancel(token: string): Promise<void> {
    await this.#ask('PUT', '/', `CANCELDELEGATIONTOKEN&token=${token}`);
  }

  async #count(path: string): Promise<number> {
    const { FileStatuses } = JSON.parse(await this.#ask('GET', path, 'LISTSTATUS'));
    const counts = FileStatuses.FileStatus.map(async ({ pathSuffix, type }: FileStatus) => {
      const child = `${path}/${pathSuffix}`;
      return type === 'DIRECTORY' ? this.#count(child) : this.#linesOf(child);
    });
    return (await Promise.all(counts)).reduce((sum: number, count: number) => sum + count, 0);
  }

  async #linesOf(file: string): Promise<number> {
    const { FileStatus } = JSON.parse(await this.#ask('GET', file, 'GETFILESTATUS'));
    if (FileStatus.length === 0) return 0;
    const { Location } = JSON.parse(await this.#ask('GET', file, 'OPEN&noredirect=true'));
    return (await this.#send('GET', Location)).split('\n').length - 1;
  }

  #ask(method: string, path: string, op: string): Promise<string> {
    return this.#send(method, `${this.#url}/webhdfs/v1${path}?op=${op}&delegation=${this.#token()}`);
  }

  #send(method: string, url: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { method, ca: this.#ca, agent: false, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) };
      const request = https.request(url, options, async (response) => {
        let body = '';
        for await (const chunk of response) body += chunk;
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${response.statusCode} ${body}`));
      });
      request.once('error', reject).end();
    });
  }
}
