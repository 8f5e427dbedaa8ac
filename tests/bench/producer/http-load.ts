import autocannon from 'autocannon';

/** The load that one process sends, for `seconds` or for a number of `requests`. */
export interface HttpLoad {
  readonly url: string;
  /**
   * `single` sends one event in a GET. `identified` does so with an id of its own. `batch` sends
   * BATCH_EVENTS events in a POST.
   */
  readonly kind: 'single' | 'identified' | 'batch';
  readonly connections: number;
  readonly seconds?: number;
  readonly requests?: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Requests that were not answered 200. */
  readonly failed: number;
}

export const BATCH_EVENTS = 100;
const USERS = 97;
/** The headers that a browser sends. */
const HEADERS = {
  'User-Agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  Accept: '*/*',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Accept-Language': 'en-US,en;q=0.9',
  Origin: 'https://shop.example.com',
  Referer: 'https://shop.example.com/',
};

function requestOf(kind: HttpLoad['kind'], user: number): autocannon.Request {
  if (kind !== 'batch') {
    const id = kind === 'identified' ? '&id=[<id>]' : '';
    return { method: 'GET', path: `/api/select?service=blue&user=user-${user}${id}`, headers: HEADERS };
  }
  const events = Array.from({ length: BATCH_EVENTS }, (_, index) => ({
    service: 'blue',
    user: `user-${(user + index) % USERS}`,
  }));
  const headers = { ...HEADERS, 'Content-Type': 'application/json' };
  return { method: 'POST', path: '/api/events', headers, body: JSON.stringify(events) };
}

async function send({ url, kind, connections, seconds, requests }: HttpLoad): Promise<LoadResult> {
  const result = await autocannon({
    url,
    connections,
    ...(requests === undefined ? { duration: seconds ?? 1 } : { amount: requests }),
    idReplacement: kind === 'identified',
    requests: Array.from({ length: USERS }, (_, user) => requestOf(kind, user)),
  });
  return {
    requestsPerSecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failed: result.non2xx + result.errors + result.timeouts,
  };
}

if (process.argv[1] === import.meta.filename) {
  console.log(JSON.stringify(await send(JSON.parse(process.argv[2] ?? '{}'))));
}
