import * as http from 'node:http';
import type { BareAppender } from './bare-appender.ts';

const ANSWER_WITHIN_MS = 60_000;
const FILE_PARAMETERS = 'user.name=root&noredirect=true';

/**
 * Appends one line to a file of its own over WebHDFS, as cheaply as WebHDFS allows. The connection
 * to the NameNode is kept alive. Each append connects to the DataNode anew, which keeps no
 * connection.
 */
export class BareWebAppender implements BareAppender {
  readonly #file: string;
  readonly #body: Buffer;
  readonly #agent = new http.Agent({ keepAlive: true });

  constructor(hdfsUrl: string, path: string, body: Buffer) {
    this.#file = `${hdfsUrl}/webhdfs/v1${path}?${FILE_PARAMETERS}`;
    this.#body = body;
  }

  async create(): Promise<void> {
    await this.#transfer('PUT', 'CREATE', Buffer.alloc(0), 201);
  }

  async append(): Promise<number> {
    const begunMs = performance.now();
    await this.#transfer('POST', 'APPEND', this.#body, 200);
    return performance.now() - begunMs;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #transfer(method: string, op: string, body: Buffer, success: number): Promise<void> {
    const named = await send(`${this.#file}&op=${op}`, { method, agent: this.#agent });
    const { Location } = JSON.parse(named.body);
    const { status, body: answer } = await send(Location, { method, agent: false }, body);
    if (status !== success) throw new Error(`${op}: ${status} ${answer}`);
  }
}

function send(url: string, options: http.RequestOptions, body: Buffer = Buffer.alloc(0)) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': body.length };
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const request = http.request(url, { ...options, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    request.once('error', reject);
    request.end(body);
  });
}
