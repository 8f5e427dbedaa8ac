import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Outcome, Settled } from '../../site/event/outcome.ts';
import type { TrackerOptions } from '../../site/tracker/tracker.ts';
import type {} from '../../site/web-events.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { CollectorGate } from '../support/collector/collector-gate.ts';
import { createTopic, readTopic } from '../support/kafka/topic.ts';
import { type RoleProcess, startRole } from '../support/process/role-process.ts';
import { until } from '../support/until.ts';

const brokers = inject('kafkaBrokers');
const MAX_BATCH_EVENTS = 40;

let browser: Browser;
let topic: string;
let producer: RoleProcess;
let gate: CollectorGate;
let context: BrowserContext;

beforeAll(async () => {
  topic = await createTopic(brokers, { partitions: 2 });
  [producer, browser] = await Promise.all([startProducer(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await producer?.stop();
});
beforeEach(async () => {
  gate = await CollectorGate.open(producer.url);
  context = await browser.newContext();
  context.setDefaultTimeout(20_000);
});
afterEach(async () => {
  await context.close();
  await gate.close();
});

async function startProducer(): Promise<RoleProcess> {
  const started = await startRole('producer', {
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: topic,
    MAX_BATCH_EVENTS: String(MAX_BATCH_EVENTS),
  });
  await started.ready();
  return started;
}

interface Opening extends TrackerOptions {
  readonly as?: 'script' | 'module' | 'sandboxed';
  readonly origin?: string;
}

/** Opens a tab with a tracker in it. */
async function open({ as = 'script', origin = gate.url, ...options }: Opening = {}): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${origin}/${as}`);
  await page.evaluate((given) => {
    Object.assign(globalThis, { tracker: webEvents.createTracker(given), ends: [] });
  }, options);
  return page;
}

declare const tracker: ReturnType<typeof webEvents.createTracker>;
/** Another tracker of the page, where a test makes one. */
declare const second: typeof tracker;
/** The ends of the page's events, in the order in which the page learned them. */
declare const ends: Settled[];

/**
 * Tracks so many events at once, of the users `<user> 0` and on. Resolves with their first
 * outcomes.
 */
function track(page: Page, user: string, count = 1): Promise<Outcome[]> {
  return page.evaluate(
    async ([name, number]) => {
      const users = Array.from({ length: number }, (_, i) => `${name} ${i}`);
      const outcomes = await Promise.all(users.map((one) => tracker.track({ service: 'blue', user: one })));
      for (const outcome of outcomes) {
        if (outcome.is === 'pending') void outcome.settled.then((end) => ends.push(end));
        else ends.push(outcome);
      }
      return outcomes;
    },
    [user, count] as const,
  );
}

/** Tracks an event without waiting for its outcome. */
function trackAndLeave(page: Page, user: string): Promise<void> {
  return page.evaluate((name) => void tracker.track({ service: 'blue', user: name }), user);
}

function endsOf(page: Page, count: number): Promise<Settled[]> {
  const asked = async () => {
    const settled = await page.evaluate(() => ends);
    return settled.length >= count && settled;
  };
  return until(asked, { what: `${count} events have ended`, withinMs: 30_000 });
}

/** How many events the tabs keep. */
const kept = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('/api/events ')).length);

/** Resolves once no tab keeps an event. */
async function nothingKept(page: Page): Promise<void> {
  await until(async () => (await kept(page)) === 0, { what: 'nothing is kept', withinMs: 30_000 });
}

interface StoredEvent {
  readonly id: string;
  readonly user: string;
  readonly clientTimestamp: string;
  readonly place: string;
}

/** What Kafka holds of the users whose names begin so. */
async function stored(user: string): Promise<StoredEvent[]> {
  return (await readTopic(brokers, topic))
    .map(({ partition, offset, value }) => ({
      ...JSON.parse(value.toString()),
      place: `${partition}/${offset}`,
    }))
    .filter((event) => event.user.startsWith(user));
}

const usersOf = (events: readonly StoredEvent[]) => events.map(({ user }) => user).sort();
const named = (user: string, count: number) => Array.from({ length: count }, (_, i) => `${user} ${i}`).sort();

describe('a tracker', () => {
  it.each(['script', 'module', 'sandboxed'] as const)(
    'stores an event once, as a %s, and says where it lies',
    async (as) => {
      const page = await open({ as });
      const before = Date.now();
      const [outcome] = await track(page, as);
      const [event, ...others] = await stored(as);
      expect(others).toEqual([]);
      expect(outcome?.is === 'stored' && `${outcome.receipt.partition}/${outcome.receipt.offset}`).toBe(
        event?.place,
      );
      expect(event?.id).toBe(outcome?.id);
      const happened = Date.parse(event?.clientTimestamp ?? '');
      expect(happened).toBeGreaterThanOrEqual(before);
      expect(happened).toBeLessThanOrEqual(Date.now());
    },
  );

  it('sends what comes together in one request, which needs neither a preflight nor a cookie', async () => {
    const page = await open({ origin: gate.url.replace('127.0.0.1', 'localhost'), collector: gate.url });
    await context.addCookies([{ name: 'session', value: 'secret', url: gate.url }]);
    await track(page, 'together', 30);
    expect(gate.seen).toHaveLength(1);
    expect(gate.seen[0]).toMatchObject({ contentType: 'text/plain;charset=UTF-8', cookie: undefined });
    expect(gate.preflights).toEqual([]);
    expect(usersOf(await stored('together'))).toEqual(named('together', 30));
  });

  it('makes its batches smaller where the producer takes fewer events, and loses none', async () => {
    const page = await open();
    const outcomes = await track(page, 'crowd', MAX_BATCH_EVENTS + 20);
    expect(outcomes.every(({ is }) => is === 'stored')).toBe(true);
    expect(usersOf(await stored('crowd'))).toEqual(named('crowd', MAX_BATCH_EVENTS + 20));
  });

  it('stores an event that is larger than what a browser lets outlive a page', async () => {
    const page = await open();
    const outcome = await page.evaluate(() => {
      const names = Array.from({ length: 32 }, (_, i) => [`p${i}`, '가'.repeat(1_000)] as const);
      return tracker.track({ service: 'blue', user: 'large', properties: Object.fromEntries(names) });
    });
    expect(outcome).toMatchObject({ is: 'stored' });
    expect(await stored('large')).toMatchObject([{ properties: { p31: '가'.repeat(1_000) } }]);
  });

  it('stores events also where the site itself has filled the storage up', async () => {
    const page = await open();
    await page.evaluate(() => {
      for (let length = 4_000_000; length > 0; length = length >> 1) {
        try {
          localStorage.setItem(`full${length}`, 'x'.repeat(length));
        } catch {}
      }
    });
    expect(await track(page, 'full')).toMatchObject([{ is: 'stored' }]);
    expect(await stored('full')).toHaveLength(1);
  });

  it('keeps what happens while the network is cut, says so, and sends it when it is back', async () => {
    const page = await open();
    await context.setOffline(true);
    const outcomes = await track(page, 'offline', 3);
    expect(outcomes).toMatchObject(Array(3).fill({ is: 'pending', code: 'unanswered' }));
    await context.setOffline(false);
    expect(await endsOf(page, 3)).toMatchObject(Array(3).fill({ is: 'stored' }));
    expect(usersOf(await stored('offline'))).toEqual(named('offline', 3));
  });

  it('sends at the next visit what a tab could not send before it was closed', async () => {
    const page = await open();
    await context.setOffline(true);
    await track(page, 'revisit', 2);
    await page.close();
    await context.setOffline(false);
    await nothingKept(await open());
    expect(usersOf(await stored('revisit'))).toEqual(named('revisit', 2));
  });

  it.each([{ maxEvents: 2 }, { maxBytes: 300 }])(
    'refuses what is beyond %j, to the caller, and keeps the rest',
    async (bound) => {
      const page = await open(bound);
      await context.setOffline(true);
      const user = JSON.stringify(bound);
      expect(await track(page, user, 3)).toMatchObject([
        { is: 'pending' },
        { is: 'pending' },
        { is: 'refused', code: 'queue_full' },
      ]);
      await context.setOffline(false);
      await nothingKept(page);
      expect(usersOf(await stored(user))).toEqual(named(user, 2));
    },
  );
});

describe('a tab that is closed right after an event', () => {
  it('has sent it by a beacon, and the next visit repeats it, which stores nothing more', async () => {
    const page = await open({ batchAfterMs: 60_000 });
    await trackAndLeave(page, 'closed');
    await page.close();
    await until(() => gate.seen.length === 1, { what: 'the beacon' });
    const next = await open();
    await nothingKept(next);
    expect(gate.seenIds).toHaveLength(2);
    expect(new Set(gate.seenIds).size).toBe(1);
    expect((await stored('closed')).map(({ id }) => id)).toEqual([gate.seenIds[0]]);
  });

  it('has sent it by a request that outlives it, too', async () => {
    const page = await open({ batchAfterMs: 0 });
    await trackAndLeave(page, 'outlived');
    await page.close();
    await nothingKept(await open());
    expect(new Set(gate.seenIds).size).toBe(1);
    expect(await stored('outlived')).toHaveLength(1);
  });

  it('loses none to a page that follows it in the same tab', async () => {
    const page = await open();
    for (const user of ['followed 0', 'followed 1', 'followed 2']) {
      await trackAndLeave(page, user);
      await page.goto(`${gate.url}/script`);
      await page.evaluate(() => Object.assign(globalThis, { tracker: webEvents.createTracker() }));
    }
    await nothingKept(page);
    expect(usersOf(await stored('followed'))).toEqual(named('followed', 3));
  });
});

describe('several trackers of a page', () => {
  it('each tell the ends of their own events, from one copy of the script or from two', async () => {
    const page = await open();
    await page.evaluate(() => Object.assign(globalThis, { second: webEvents.createTracker() }));
    await page.addScriptTag({ url: '/web-events.js?again' });
    const outcomes = await page.evaluate(async () => {
      const trackers = [tracker, second, webEvents.createTracker()];
      return Promise.all(trackers.map((each, i) => each.track({ service: 'blue', user: `beside ${i}` })));
    });
    expect(outcomes).toMatchObject(Array(3).fill({ is: 'stored' }));
    expect(usersOf(await stored('beside'))).toEqual(named('beside', 3));
  });
});

describe('an event that JSON cannot say', () => {
  it.each([
    'properties: { order: 1524831183200260097n }',
    'properties: (() => { const round = {}; round.self = round; return round; })()',
    'properties: { get page() { throw new Error("a fault of the page"); } }',
  ])('{ %s } is refused, and track does not reject', async (member) => {
    const page = await open();
    const outcome = await page.evaluate(`tracker.track({ service: 'blue', user: 'unspeakable', ${member} })`);
    expect(outcome).toMatchObject({ is: 'refused', code: 'invalid_request', detail: expect.any(String) });
    for (const event of ['undefined', 'null']) {
      expect(await page.evaluate(`tracker.track(${event})`)).toMatchObject({ is: 'refused' });
    }
    expect(await kept(page)).toBe(0);
  });
});

describe('several tabs', () => {
  it('send one at a time, each learns the ends of its own events, and each event is stored once', async () => {
    const tabs = await Promise.all([open(), open(), open()]);
    const outcomes = await Promise.all(tabs.map((page, i) => track(page, `tab${i}`, 20)));
    expect(outcomes.flat().every(({ is }) => is === 'stored')).toBe(true);
    expect(gate.mostAtOnce).toBe(1);
    for (const i of tabs.keys()) expect(usersOf(await stored(`tab${i}`))).toEqual(named(`tab${i}`, 20));
  });
});

describe('a producer', () => {
  it('that dies and comes back gets every event, each with the id it had', async () => {
    const page = await open();
    const all: string[] = [];
    const doomed = await startProducer();
    gate.target = doomed.url;
    const burst = async (i: number) => all.push(...(await track(page, `killed ${i}`, 5)).map(({ id }) => id));
    await burst(0);
    const dying = burst(1);
    doomed.signal('SIGKILL');
    await dying;
    await doomed.exited();
    await burst(2);
    gate.target = producer.url;
    await burst(3);
    await endsOf(page, 20);
    await nothingKept(page);
    expect(new Set((await stored('killed')).map(({ id }) => id))).toEqual(new Set(all));
    expect(new Set(all).size).toBe(20);
  });

  it('whose answer is lost is asked again with the same id, stores it once, and gives the first receipt', async () => {
    const page = await open();
    gate.incidents.push({ is: 'swallowed' });
    const [outcome] = await track(page, 'swallowed');
    expect(outcome).toMatchObject({ is: 'pending', code: 'unanswered' });
    const [end] = await endsOf(page, 1);
    const [event, ...others] = await stored('swallowed');
    expect(others).toEqual([]);
    expect(end?.is === 'stored' && `${end.receipt.partition}/${end.receipt.offset}`).toBe(event?.place);
    expect(gate.seenIds).toEqual([event?.id, event?.id]);
  });

  it.each([503, 429])(
    'that answers %i is left alone for as long as it asked, by every tab and every beacon',
    async (status) => {
      const page = await open();
      gate.incidents.push({ is: 'answered', status, retryAfterSeconds: 3 });
      const [outcome] = await track(page, `later ${status} a`);
      expect(outcome).toMatchObject({ is: 'pending', code: `http_${status}` });
      const other = await open();
      expect(await track(other, `later ${status} b`)).toMatchObject([{ is: 'pending' }]);
      const closed = await open();
      await trackAndLeave(closed, `later ${status} c`);
      await closed.close();
      await Promise.all([endsOf(page, 1), endsOf(other, 1)]);
      const [first = Number.NaN, second = Number.NaN] = gate.seen.map(({ atMs }) => atMs);
      expect(second - first).toBeGreaterThanOrEqual(3_000);
      await nothingKept(page);
      expect(await stored(`later ${status}`)).toHaveLength(3);
    },
  );

  it.each([200, 204, 302, 400, 401, 403, 404, 407, 410, 413, 451, 511])(
    'that a stranger answers %i for, such as a hotel or a proxy, gets the events later',
    async (status) => {
      const page = await open();
      gate.incidents.push({ is: 'answered', status });
      const user = `stranger ${status}`;
      await track(page, user, 2);
      expect(await endsOf(page, 2)).toMatchObject([{ is: 'stored' }, { is: 'stored' }]);
      expect(await stored(user)).toHaveLength(2);
    },
  );

  it('behind a firewall that refuses one event for ever gets all others', async () => {
    const page = await open();
    gate.forbids = 'walled 1';
    expect(await track(page, 'walled', 4)).toMatchObject(Array(4).fill({ is: 'pending' }));
    await endsOf(page, 3);
    expect(usersOf(await stored('walled'))).toEqual(['walled 0', 'walled 2', 'walled 3']);
    await track(page, 'beside the wall');
    expect((await endsOf(page, 4)).at(-1)).toMatchObject({ is: 'stored' });
    expect(await kept(page)).toBe(1);
  });

  it('that refuses with 4xx is not asked again', async () => {
    const page = await open();
    gate.incidents.push({ is: 'answered', status: 403, code: 'forbidden' });
    expect(await track(page, 'forbidden')).toMatchObject([{ is: 'refused', code: 'forbidden' }]);
    expect(await kept(page)).toBe(0);
    await track(page, 'afterwards');
    expect(gate.seenIds).toHaveLength(2);
    expect(await stored('forbidden')).toEqual([]);
  });

  it('that refuses one event of a batch stores the others', async () => {
    const page = await open();
    const outcomes = await page.evaluate(() =>
      Promise.all(
        ['mixed 0', `mixed ${'x'.repeat(300)}`, 'mixed 1'].map((user) =>
          tracker.track({ service: 'blue', user }),
        ),
      ),
    );
    expect(outcomes).toMatchObject([
      { is: 'stored' },
      { is: 'refused', code: 'invalid_request' },
      { is: 'stored' },
    ]);
    expect(gate.seen).toHaveLength(1);
    expect(usersOf(await stored('mixed'))).toEqual(named('mixed', 2));
  });
});
