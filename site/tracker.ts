import type { Problem, Receipt } from '../producer/contract/answer.ts';

/**
 * How one selection ended. `stored` is in Kafka; `failed` is not, as far as anyone could tell (`unanswered` says where
 * nobody can); of `unknown` nobody knows.
 */
export type Outcome =
  | { readonly is: 'stored'; readonly receipt: Receipt }
  | { readonly is: 'failed'; readonly detail: string }
  | { readonly is: 'unknown'; readonly detail: string };

export interface TrackerOptions {
  /** The collector's address; empty: the same origin, below the page's own folder. */
  readonly collector: string;
  readonly fetch?: typeof fetch;
  /** From the click to calling the outcome unknown; longer than the collector's own deadline. */
  readonly timeoutMs?: number;
}

export interface Choice {
  readonly service: string;
  readonly user: string;
}

const TIMEOUT_MS = 10_000;

/** Sends one selection to the collector; settles with its outcome and never throws. */
export async function track(
  { service, user }: Choice,
  { collector, fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS }: TrackerOptions,
): Promise<Outcome> {
  const query = new URLSearchParams({ service, user });
  try {
    const response = await fetch(`${addressOf(collector)}api/select?${query}`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body: unknown = await response.json();
    return response.ok ? storedOrUnknown(body) : refused(response.status, body);
  } catch (error) {
    return unanswered(error);
  }
}

function addressOf(collector: string): string {
  const address = collector.trim();
  return address === '' || address.endsWith('/') ? address : `${address}/`;
}

function storedOrUnknown(body: unknown): Outcome {
  return isReceipt(body)
    ? { is: 'stored', receipt: body }
    : { is: 'unknown', detail: '수집 서버의 답을 알아볼 수 없습니다' };
}

/** Below 500 the request was refused before anything was sent on; from 500 on only a known code says so. */
function refused(status: number, body: unknown): Outcome {
  const problem = isProblem(body) ? body : undefined;
  const detail = problem === undefined ? `HTTP ${status}` : `${problem.title}: ${problem.detail}`;
  const sure = status < 500 || (problem !== undefined && NOTHING_STORED.has(problem.code));
  return { is: sure ? 'failed' : 'unknown', detail };
}

const NOTHING_STORED: ReadonlySet<string> = new Set([
  'broker_refused',
  'broker_unavailable',
  'overloaded',
  'draining',
]);

/**
 * A browser does not tell whether a request that failed had left already, not even in its resource timings. That nobody
 * was reached is by far the likelier, and what the reader can act on.
 */
function unanswered(error: unknown): Outcome {
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError') return { is: 'unknown', detail: '수집 서버가 제때 답하지 않았습니다' };
  if (name === 'SyntaxError') return { is: 'unknown', detail: '수집 서버의 답을 알아볼 수 없습니다' };
  return { is: 'failed', detail: '수집 서버에 연결할 수 없습니다' };
}

function isReceipt(body: unknown): body is Receipt {
  return has(body, 'partition', 'number') && has(body, 'offset', 'number');
}

function isProblem(body: unknown): body is Problem {
  return has(body, 'title', 'string') && has(body, 'detail', 'string') && has(body, 'code', 'string');
}

function has(body: unknown, name: string, type: 'number' | 'string'): boolean {
  return typeof body === 'object' && body !== null && typeof Reflect.get(body, name) === type;
}
