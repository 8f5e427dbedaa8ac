import * as http from 'node:http';
import * as https from 'node:https';

const ANSWER_WITHIN_MS = 2_000;
const MOST_BYTES = 1 << 20;

/** The HTTP server of a Hadoop daemon. */
export interface WebServer {
  /** `http://127.0.0.1:<port>` or `https://...`. */
  readonly url: string;
  /** With https: PEM of the authority that signed its certificate. */
  readonly ca?: string | undefined;
}

/**
 * The attributes of one bean of a Hadoop daemon's `/jmx`, or only one attribute. The daemon
 * computes each attribute that it answers.
 *
 * @throws where the daemon does not answer within 2 s, or has no such bean
 */
export async function jmxBean(
  server: WebServer,
  bean: string,
  attribute?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const query = attribute === undefined ? `qry=${bean}` : `get=${bean}::${attribute}`;
  const { beans } = JSON.parse(await read(server, `/jmx?${query}`));
  const found: unknown = Array.isArray(beans) ? beans[0] : undefined;
  if (typeof found !== 'object' || found === null) throw new Error(`no bean ${bean}`);
  return { ...found };
}

function read({ url, ca }: WebServer, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) };
    const onResponse = (response: http.IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > MOST_BYTES) request.destroy(new Error('the answer is too long'));
      });
      response.once('error', reject);
      response.once('end', () => resolve(body));
    };
    const request = url.startsWith('https:')
      ? https.get(url + path, { ...options, ca }, onResponse)
      : http.get(url + path, options, onResponse);
    request.once('error', reject);
  });
}
