import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Progress, select } from '../../../../site/page/select-request.ts';

const URL = 'https://producer.example/api/select';
const RECEIPT = { timestamp: 't', topic: 'web-events', partition: 2, offset: 0 };
/** What the producer does with each request, in turn; then it stores. */
let turns: (Response | 'lost')[];
let addresses: string[];
let sentAtMs: number[];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22) });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  turns = [];
  addresses = [];
  sentAtMs = [];
  vi.stubGlobal('fetch', async (address: string) => {
    addresses.push(address);
    sentAtMs.push(Date.now());
    const turn = turns.shift() ?? Response.json({ id: idOf(address), ...RECEIPT });
    if (turn === 'lost') throw new TypeError('Failed to fetch');
    return turn;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const idOf = (address = '') => new globalThis.URL(address).searchParams.get('id') ?? '';

const problem = (status: number, code: string, retryAfter?: string) =>
  Response.json(
    { type: `urn:web-events:${code}`, code },
    { status, headers: retryAfter === undefined ? {} : { 'Retry-After': retryAfter } },
  );

async function all(): Promise<Progress['outcome'][]> {
  const outcomes: Progress['outcome'][] = [];
  const reading = (async () => {
    for await (const { outcome } of select(URL, { service: 'blue', user: '홍길동 &=+%' }))
      outcomes.push(outcome);
  })();
  await vi.runAllTimersAsync();
  await reading;
  return outcomes;
}

const waits = () => sentAtMs.slice(1).map((atMs, i) => atMs - (sentAtMs[i] ?? 0));

it('names the service, the user and an id of its own in the address, and nothing else', async () => {
  const outcomes = await all();
  const id = idOf(addresses[0]);
  expect(outcomes).toEqual([{ is: 'stored', id, receipt: { id, ...RECEIPT } }]);
  const { searchParams, pathname } = new globalThis.URL(addresses[0] ?? '');
  expect(pathname).toBe('/api/select');
  expect([...searchParams.keys()]).toEqual(['service', 'user', 'id']);
  expect(searchParams.get('user')).toBe('홍길동 &=+%');
  expect(searchParams.get('id')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

it('sends the same address again after a lost answer, and waits longer each time', async () => {
  turns = ['lost', 'lost', 'lost'];
  expect((await all()).map(({ is }) => is)).toEqual(['retrying', 'retrying', 'retrying', 'stored']);
  expect(new Set(addresses).size).toBe(1);
  expect(waits()).toEqual([500, 1_000, 2_000]);
});

it('does not send again before Retry-After', async () => {
  turns = [problem(503, 'broker_unavailable', '7')];
  await all();
  expect(waits()).toEqual([7_500]);
});

it('ends where the producer refuses, and does not ask again', async () => {
  turns = [problem(400, 'invalid_request')];
  expect(await all()).toMatchObject([{ is: 'refused', code: 'invalid_request' }]);
  expect(addresses).toHaveLength(1);
});

it('gives up after six attempts', async () => {
  turns = Array(9).fill('lost');
  expect((await all()).at(-1)).toEqual({ is: 'abandoned', code: 'unanswered', mayBeStored: true });
  expect(addresses).toHaveLength(6);
});

it('gives up where the wait would outlast five minutes', async () => {
  turns = Array.from({ length: 9 }, () => problem(503, 'broker_unavailable', '60'));
  expect((await all()).at(-1)).toEqual({ is: 'abandoned', code: 'broker_unavailable', mayBeStored: false });
  expect(addresses).toHaveLength(5);
});

it('says that nothing was stored only where every attempt says so', async () => {
  turns = [
    problem(503, 'outcome_unknown', '1'),
    ...Array.from({ length: 9 }, () => problem(503, 'draining', '1')),
  ];
  const outcomes = await all();
  expect(outcomes.at(-1)).toEqual({ is: 'abandoned', code: 'draining', mayBeStored: true });
});
