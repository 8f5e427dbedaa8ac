import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { OpenPage } from '../support/browser/open-page.ts';
import { storedEvents } from '../support/browser/stored-events.ts';
import { CollectorGate } from '../support/collector/collector-gate.ts';
import { createTopic } from '../support/kafka/topic.ts';
import { type RoleProcess, startRole } from '../support/process/role-process.ts';

const brokers = inject('kafkaBrokers');

let browser: Browser;
let topic: string;
let producer: RoleProcess;
let gate: CollectorGate;
let site: OpenPage;

beforeAll(async () => {
  topic = await createTopic(brokers, { partitions: 2 });
  producer = await startRole('producer', { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic });
  [browser] = await Promise.all([launchBrowser(), producer.ready()]);
});
afterAll(async () => {
  await browser?.close();
  await producer?.stop();
});
beforeEach(async () => {
  gate = await CollectorGate.open(producer.url);
  site = await OpenPage.open(browser, `${gate.url}/tracker.html`);
});
afterEach(async () => {
  await site.close();
  await gate.close();
});

const stored = (user: string) => storedEvents(brokers, topic, user);

/** Waits until the tab says that so many events are queued. */
const showsQueued = (tab: OpenPage, count: number) =>
  tab.page.locator('#queued', { hasText: new RegExp(`^${count}건$`) }).waitFor();

const showsNetwork = (tab: OpenPage, text: string) =>
  tab.page.locator('#network', { hasText: text }).waitFor();

describe("the tracker's page", () => {
  it('sends clicks in a batch through the tracker and shows where each event lies', async () => {
    await site.page.fill('#user', 'batch');
    await site.page.evaluate(() => {
      for (const name of ['blue', 'red'])
        document.querySelector<HTMLElement>(`[data-service="${name}"]`)?.click();
    });
    const lines = (await site.shown('stored', 2)).join('\n');
    expect(gate.calls).toEqual(['POST /api/events']);
    const events = await stored('batch');
    expect(events).toHaveLength(2);
    for (const { place } of events) expect(lines).toContain(place);
    await showsQueued(site, 0);
  });

  it('keeps clicks while the network is cut, says so, and sends them when it is back', async () => {
    await showsNetwork(site, '연결됨');
    await site.page.context().setOffline(true);
    await showsNetwork(site, '끊김');
    await site.choose('offline', 'blue', 'red', 'green');
    expect((await site.shown('unknown', 3))[0]).toContain('다시 보냅니다');
    await showsQueued(site, 3);
    expect(await stored('offline')).toEqual([]);
    await site.page.context().setOffline(false);
    await site.shown('stored', 3);
    await showsQueued(site, 0);
    expect((await stored('offline')).map(({ service }) => service)).toEqual(
      expect.arrayContaining(['blue', 'red', 'green']),
    );
    expect(await stored('offline')).toHaveLength(3);
  });

  it('keeps clicks over a reload, and sends them with the ids that they had', async () => {
    gate.incidents.push({ is: 'answered', status: 503, retryAfterSeconds: 5 });
    await site.choose('reloaded', 'blue', 'red');
    await site.shown('unknown', 2);
    await site.page.reload();
    await showsQueued(site, 2);
    await showsQueued(site, 0);
    const ids = (await stored('reloaded')).map(({ id }) => id);
    expect(new Set(gate.seenIds)).toEqual(new Set(ids));
    expect(ids).toHaveLength(2);
    const [first = Number.NaN, second = Number.NaN] = gate.seen.map(({ atMs }) => atMs);
    expect(second - first).toBeGreaterThanOrEqual(5_000);
  });

  it('shares its queue with other tabs, one of which sends for all', async () => {
    const other = await site.openTab();
    await site.page.context().setOffline(true);
    await site.choose('first tab', 'blue');
    await other.choose('second tab', 'red');
    await Promise.all([showsQueued(site, 2), showsQueued(other, 2)]);
    await site.page.context().setOffline(false);
    await Promise.all([site.shown('stored'), other.shown('stored')]);
    await Promise.all([showsQueued(site, 0), showsQueued(other, 0)]);
    expect(gate.mostAtOnce).toBe(1);
    expect([...(await stored('first tab')), ...(await stored('second tab'))]).toHaveLength(2);
  });

  it('asks for a name as the first page does', async () => {
    await site.service('blue').click();
    expect(site.alerts).toEqual(['이름을 입력하세요']);
    expect(gate.calls).toEqual([]);
  });
});
