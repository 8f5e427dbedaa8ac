import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Outcome } from '../../../../site/event/outcome.ts';
import { type Callers, listen, outcomeOf } from '../../../../site/tracker/callers.ts';
import { createDelivery } from '../../../../site/tracker/delivery.ts';
import { entriesOf, remove, write } from '../../../../site/tracker/store.ts';

const URL = 'https://producer.example/api/events';
const PREFIX = `${URL} `;
const RECEIPT = { timestamp: 't', topic: 'web-events', partition: 2, offset: 0 };

let callers: Callers;

/** A browser's event between the documents of an origin, as far as the tracker uses it. */
class StorageEvent extends Event {
  constructor(type: string, init: { readonly key: string; readonly newValue: string }) {
    super(type);
    Object.assign(this, init);
  }
}

beforeEach(() => {
  callers = new Map();
  const page = new EventTarget();
  vi.stubGlobal('StorageEvent', StorageEvent);
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('dispatchEvent', page.dispatchEvent.bind(page));
  listen(callers, PREFIX);
  for (const [key] of entriesOf('')) remove(key);
  for (const id of ['a', 'b', 'c']) write(PREFIX + id, `{"id":"${id}"}`);
});
afterEach(() => vi.unstubAllGlobals());

/**
 * Sends the queue once to a producer that answers so. Resolves with what each event's caller
 * learns.
 */
async function deliver(status: number, body: unknown): Promise<Outcome[]> {
  const outcomes = ['a', 'b', 'c'].map((id) => outcomeOf(callers, id));
  vi.stubGlobal('fetch', async () => Response.json(body, { status }));
  const [sendAll] = createDelivery(URL, PREFIX, callers);
  await sendAll();
  return Promise.all(outcomes);
}

const kept = () => entriesOf(PREFIX).map(([key]) => key.slice(PREFIX.length));

it('ends each event by its own part of the answer, in the order of the batch', async () => {
  const refused = { status: 400, code: 'invalid_request' };
  const events = [{ status: 200, id: 'a', ...RECEIPT }, refused, { status: 503, code: 'draining' }];
  expect(await deliver(207, { events })).toMatchObject([
    { is: 'stored', id: 'a', receipt: { id: 'a', ...RECEIPT } },
    { is: 'refused', id: 'b', code: 'invalid_request' },
    { is: 'pending', id: 'c', code: 'draining' },
  ]);
  expect(kept()).toEqual(['c']);
});

it.each([
  [200, { events: [] }, 'http_200'],
  [200, { events: 'none' }, 'http_0'],
  [200, 'welcome to our hotel', 'http_200'],
  [503, { code: 'overloaded' }, 'overloaded'],
])('keeps every event where %i %j comes, which may be from another server', async (status, body, code) => {
  expect(await deliver(status, body)).toMatchObject(
    ['a', 'b', 'c'].map((id) => ({ is: 'pending', id, code })),
  );
  expect(kept()).toEqual(['a', 'b', 'c']);
});
