import { Connections, type ConnectionsOptions } from './connections.ts';
import { Credentials, type CredentialsOptions } from './credentials.ts';
import { interpretAnswer, nobodyServes, noSense, plainRedirect, WebHdfsError } from './errors.ts';
import { NameNodes } from './name-nodes.ts';

export interface WebHdfsOptions extends CredentialsOptions, ConnectionsOptions {
  /** The addresses of the NameNodes of one cluster. The active NameNode serves. */
  readonly nameNodes: readonly URL[];
  /** Whether a NameNode that was asked over TLS may name a DataNode without TLS. */
  readonly allowPlainRedirect?: boolean;
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';
type Parameters = Readonly<Record<string, string>>;

interface Question {
  readonly method: Method;
  readonly path: string;
  readonly op: string;
  readonly parameters: Parameters;
}

export interface Transfer {
  /** The name of the request in an error. */
  readonly what: string;
  readonly method: Method;
  readonly body: readonly Buffer[];
  /** The only status that means success. */
  readonly success: number;
}

interface Answer {
  /** The name of the request in an error. */
  readonly what: string;
  readonly url: URL;
  readonly status: number;
  readonly body: Buffer;
}

/**
 * A client of WebHDFS. It never repeats a changing request that a server may have applied. It asks
 * the other NameNode of a pair in two cases: the first NameNode has certainly not begun the
 * request, or the request changes nothing.
 *
 * https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/WebHDFS.html
 */
export class WebHdfsClient {
  readonly #nameNodes: NameNodes;
  readonly #credentials: Credentials;
  readonly #connections: Connections;
  readonly #allowPlainRedirect: boolean;

  constructor(options: WebHdfsOptions) {
    this.#nameNodes = new NameNodes(options.nameNodes);
    this.#credentials = new Credentials(options);
    this.#connections = new Connections(options);
    this.#allowPlainRedirect = options.allowPlainRedirect ?? false;
  }

  /**
   * Asks for an operation that the NameNode answers by itself. Resolves with the JSON of the
   * answer, or with undefined where the answer is empty.
   *
   * @throws {FileSystemError}
   */
  async ask(method: Method, path: string, op: string, parameters: Parameters = {}): Promise<unknown> {
    return (await this.#askInTurn({ method, path, op, parameters })).answer;
  }

  /**
   * Asks for an operation that a DataNode carries out. The NameNode names the DataNode, which then
   * gets the body once.
   *
   * @param success the only status that means success
   * @throws {FileSystemError}
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
    const location = await this.locate(method, path, op, parameters);
    return this.transferTo(location, { what: `${op} ${path}`, method, body, success });
  }

  /**
   * Asks where a DataNode would carry out an operation. The location is good for this path only. It
   * may hold a token.
   *
   * @throws {FileSystemError}
   */
  async locate(method: Method, path: string, op: string, parameters: Parameters = {}): Promise<URL> {
    const question = { method, path, op, parameters: { ...parameters, noredirect: 'true' } };
    const { nameNode, answer } = await this.#askInTurn(question);
    const location = locationIn(answer, `${op} ${path}`);
    const isWeaker = nameNode.protocol === 'https:' && location.protocol !== 'https:';
    if (isWeaker && !this.#allowPlainRedirect) throw plainRedirect(`${op} ${path}`, nameNode, location);
    return location;
  }

  /** Sends the body of a transfer to a location. @throws {FileSystemError} */
  async transferTo(location: URL, { what, method, body, success }: Transfer): Promise<Buffer> {
    const answer = await this.#send(what, method, location, body);
    if (answer.status !== success) throw this.#refusal(answer);
    return answer.body;
  }

  close(): void {
    this.#connections.close();
  }

  /** Asks one NameNode after the other. Resolves with the answer, and with the one that gave it. */
  async #askInTurn(question: Question): Promise<{ readonly nameNode: URL; readonly answer: unknown }> {
    const failures: WebHdfsError[] = [];
    for (const nameNode of this.#nameNodes.inTurn()) {
      try {
        return { nameNode, answer: await this.#askOne(nameNode, question) };
      } catch (error) {
        if (!(error instanceof WebHdfsError) || error.elsewhere === 'nothing') throw error;
        this.#nameNodes.doubt(nameNode);
        if (error.elsewhere === 'reads' && !changesNothing(question)) throw error;
        failures.push(error);
      }
    }
    throw nobodyServes(failures);
  }

  async #askOne(nameNode: URL, { method, path, op, parameters }: Question): Promise<unknown> {
    const escaped = path.split('/').map(encodeURIComponent).join('/');
    const url = new URL(`${nameNode.pathname.replace(/\/$/, '')}/webhdfs/v1${escaped}`, nameNode);
    const all = { op, ...(await this.#credentials.parameters()), ...parameters };
    url.search = new URLSearchParams(all).toString();
    const answer = await this.#send(`${op} ${path}`, method, url, []);
    if (answer.status !== 200) throw this.#refusal(answer);
    const body = answer.body.toString();
    if (body === '') return undefined;
    try {
      return JSON.parse(body);
    } catch {
      // The error of the parser would quote the answer.
      throw noSense(answer.what, 'NotJson');
    }
  }

  #refusal({ what, url, status, body }: Answer): WebHdfsError {
    return interpretAnswer(what, status, body.toString(), (text) => this.#credentials.mask(text, url));
  }

  async #send(what: string, method: Method, url: URL, body: readonly Buffer[]): Promise<Answer> {
    const named = `${what} at ${url.host}`;
    const headers = this.#credentials.headers(url);
    const answer = await this.#connections.send({ what: named, method, url, headers, body });
    return { ...answer, what: named, url };
  }
}

/** A question for a location changes nothing, whatever the operation. */
function changesNothing({ method, parameters }: Question): boolean {
  return method === 'GET' || parameters['noredirect'] === 'true';
}

/**
 * The location may hold a token, so no error shows it: neither this error nor the error of the
 * URL's parser.
 */
function locationIn(found: unknown, what: string): URL {
  const location = (found as { Location?: unknown } | undefined)?.Location;
  const isUrl = typeof location === 'string' && /^https?:/.test(location) && URL.canParse(location);
  if (!isUrl) throw noSense(what, 'NoLocation');
  return new URL(location);
}
