import { get } from 'node:http';

const ANSWER_WITHIN_MS = 2_000;
const MOST_BYTES = 1 << 20;

/**
 * The attributes of one bean of a Hadoop daemon's `/jmx`, or only one of them: each is computed when asked for.
 *
 * @throws when it does not answer in time, or has no such bean
 */
export async function jmxBean(
  httpPort: number,
  bean: string,
  attribute?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const query = attribute === undefined ? `qry=${bean}` : `get=${bean}::${attribute}`;
  const { beans } = JSON.parse(await read(`http://127.0.0.1:${httpPort}/jmx?${query}`));
  const found: unknown = Array.isArray(beans) ? beans[0] : undefined;
  if (typeof found !== 'object' || found === null) throw new Error(`no bean ${bean}`);
  return { ...found };
}

function read(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > MOST_BYTES) request.destroy(new Error('the answer is too long'));
      });
      response.once('error', reject);
      response.once('end', () => resolve(body));
    });
    request.once('error', reject);
  });
}
