import * as http from 'node:http';
import * as https from 'node:https';
import { StoreError } from '../errors.ts';
import { interpretAnswer, interpretFailure, isStandby, isUnreachable } from './errors.ts';

export interface WebHdfsOptions {
  /** Where the NameNodes answer; the first that is active serves. */
  readonly nameNodes: readonly URL[];
  /** The user as whom to act, with the cluster's simple authentication. */
  readonly user: string;
  /** Deadline of each request, ms. */
  readonly timeoutMs: number;
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';
type Parameters = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** A free connection is let go before Hadoop's server does it (60 s), lest a request meets its end. */
const IDLE_CONNECTION_MS = 5_000;
/** Bounds what an answer may make us hold: reads ask for less, listings of a claimed folder are tiny. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * WebHDFS over node:http, one attempt a request. (`fetch` refuses the DataNode's unasked `100 Continue`.) Asks
 * the other NameNode only where the first cannot have applied the request: no connection, or a standby's answer.
 *
 * https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/WebHDFS.html
 */
export class WebHdfsClient {
  readonly #options: WebHdfsOptions;
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS }),
    'https:': new https.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS }),
  };
  #active = 0;

  constructor(options: WebHdfsOptions) {
    this.#options = options;
  }

  /**
   * An operation the NameNode answers by itself. Resolves with its JSON, or undefined where it has none.
   * @throws {StoreError}
   */
  async ask(method: Method, path: string, op: string, parameters: Parameters = {}): Promise<unknown> {
    for (let left = this.#options.nameNodes.length; ; left--) {
      try {
        return await this.#askActive(method, path, op, parameters);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        // A NameNode that failed in any way is the last to be asked again.
        if (error.kind === 'unavailable') this.#active = (this.#active + 1) % this.#options.nameNodes.length;
        if (left <= 1 || !(isStandby(error) || isUnreachable(error))) throw error;
      }
    }
  }

  /**
   * An operation that a DataNode carries out: asks the NameNode which, then sends the body there, once.
   * @param success the one status that means done
   * @throws {StoreError}
   */
  async transfer(
    method: Method,
    path: string,
    op: string,
    {
      parameters = {},
      body = [],
      success,
    }: { parameters?: Parameters; body?: readonly Buffer[]; success: number },
  ): Promise<Buffer> {
    const found = await this.ask(method, path, op, { ...parameters, noredirect: 'true' });
    const location = (found as { Location?: unknown } | undefined)?.Location;
    if (typeof location !== 'string') {
      throw new StoreError('unavailable', 'NoLocation', `${op} ${path}: the NameNode named no DataNode`);
    }
    const answer = await this.#request(`${op} ${path}`, method, new URL(location), body);
    if (answer.status !== success)
      throw interpretAnswer(`${op} ${path}`, answer.status, answer.body.toString());
    return answer.body;
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async #askActive(method: Method, path: string, op: string, parameters: Parameters): Promise<unknown> {
    const answer = await this.#request(`${op} ${path}`, method, this.#url(path, op, parameters), []);
    const body = answer.body.toString();
    if (answer.status !== 200) throw interpretAnswer(`${op} ${path}`, answer.status, body);
    if (body === '') return undefined;
    try {
      return JSON.parse(body);
    } catch (cause) {
      throw new StoreError('unavailable', 'NotJson', `${op} ${path}: the answer is not JSON`, { cause });
    }
  }

  #url(path: string, op: string, parameters: Parameters): URL {
    const base = this.#options.nameNodes[this.#active];
    if (!base) throw new RangeError('no NameNode is configured');
    const escaped = path.split('/').map(encodeURIComponent).join('/');
    const url = new URL(`${base.pathname.replace(/\/$/, '')}/webhdfs/v1${escaped}`, base);
    url.search = new URLSearchParams({ op, 'user.name': this.#options.user, ...parameters }).toString();
    return url;
  }

  #request(what: string, method: Method, url: URL, body: readonly Buffer[]): Promise<Answer> {
    const secure = url.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown): void => reject(interpretFailure(what, cause));
      const request = (secure ? https : http).request(url, {
        method,
        agent: this.#agents[secure ? 'https:' : 'http:'],
        headers: {
          'Content-Type': 'application/octet-stream',
          'Content-Length': body.reduce((sum, chunk) => sum + chunk.length, 0),
        },
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      });
      request.on('error', fail);
      request.on('response', (response) => {
        collect(response).then((bytes) => resolve({ status: response.statusCode ?? 0, body: bytes }), fail);
      });
      for (const chunk of body) request.write(chunk);
      request.end();
    });
  }
}

async function collect(response: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new RangeError(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
