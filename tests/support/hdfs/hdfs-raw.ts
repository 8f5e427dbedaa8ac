import * as http from 'node:http';
import { userInfo } from 'node:os';

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
  /** The simple name of the server's exception; undefined where there was none. */
  readonly exception: string | undefined;
}

/** A request of which a part of the body has been sent. */
export interface HalfSent {
  readonly answer: Promise<RawAnswer>;
  /** Sends the rest. */
  finish(rest: string): void;
  /** Closes the connection. */
  cut(): void;
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';
type Parameters = Readonly<Record<string, string>>;

const ANSWER_WITHIN_MS = 20_000;

/** The user that runs the NameNode of a test is its superuser. */
export const SUPERUSER = userInfo().username;

/**
 * Sends WebHDFS requests as any client of the same folder could, also a hostile one. It shares no
 * code with the sink's client.
 */
export class RawHdfs {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Sends an operation that the NameNode answers itself. */
  ask(method: Method, path: string, op: string, parameters: Parameters = {}): Promise<RawAnswer> {
    const query = new URLSearchParams({ op, 'user.name': SUPERUSER, ...parameters });
    return send(method, `${this.#url}/webhdfs/v1${path}?${query}`, '');
  }

  /** The URL at which a DataNode takes the request. @throws where the NameNode refuses it */
  async location(method: Method, path: string, op: string, parameters: Parameters = {}): Promise<string> {
    const answer = await this.ask(method, path, op, { ...parameters, noredirect: 'true' });
    if (answer.status !== 200) throw new Error(`${op} ${path}: ${answer.body}`);
    return JSON.parse(answer.body).Location;
  }

  send(method: Method, location: string, body = ''): Promise<RawAnswer> {
    return send(method, location, body);
  }

  /** Begins an append of `bytes` bytes, and sends the first of them. */
  async appendSlowly(path: string, bytes: number, beginning: string): Promise<HalfSent> {
    const location = await this.location('POST', path, 'APPEND');
    return sendHalf('POST', location, { bytes, beginning });
  }

  async append(path: string, body: string): Promise<RawAnswer> {
    return send('POST', await this.location('POST', path, 'APPEND'), body);
  }

  async read(path: string): Promise<string> {
    return (await send('GET', await this.location('GET', path, 'OPEN'), '')).body;
  }

  async length(path: string): Promise<number> {
    return JSON.parse((await this.ask('GET', path, 'GETFILESTATUS')).body).FileStatus.length;
  }

  /** The names in a folder, sorted; empty where the folder does not exist. */
  async names(path: string): Promise<string[]> {
    const answer = await this.ask('GET', path, 'LISTSTATUS');
    if (answer.exception === 'FileNotFoundException') return [];
    const { FileStatuses } = JSON.parse(answer.body);
    return FileStatuses.FileStatus.map((status: { pathSuffix: string }) => status.pathSuffix).sort();
  }
}

function open(
  method: Method,
  url: string,
  bytes: number,
): { request: http.ClientRequest; answer: Promise<RawAnswer> } {
  const request = http.request(url, {
    method,
    agent: false,
    headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const answer = new Promise<RawAnswer>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve(readAnswer(response.statusCode ?? 0, Buffer.concat(chunks).toString())),
      );
    });
  });
  return { request, answer };
}

function send(method: Method, url: string, body: string): Promise<RawAnswer> {
  const { request, answer } = open(method, url, Buffer.byteLength(body));
  request.end(body);
  return answer;
}

/** Resolves when the beginning is in the socket. */
async function sendHalf(
  method: Method,
  url: string,
  { bytes, beginning }: { bytes: number; beginning: string },
): Promise<HalfSent> {
  const { request, answer } = open(method, url, bytes);
  answer.catch(() => {});
  await new Promise<void>((resolve, reject) => {
    request.once('error', reject);
    request.write(beginning, (error) => (error ? reject(error) : resolve()));
  });
  return { answer, finish: (rest) => void request.end(rest), cut: () => void request.destroy() };
}

function readAnswer(status: number, body: string): RawAnswer {
  return { status, body, exception: /"exception":"(\w+)"/.exec(body)?.[1] };
}
