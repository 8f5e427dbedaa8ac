import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { OpenPage } from '../support/browser/open-page.ts';
import { storedEvents } from '../support/browser/stored-events.ts';
import { CollectorGate } from '../support/collector/collector-gate.ts';
import { createTopic } from '../support/kafka/topic.ts';
import { type RoleProcess, startRole } from '../support/process/role-process.ts';

const brokers = inject('kafkaBrokers');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

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
  site = await OpenPage.open(browser, gate.url);
});
afterEach(async () => {
  await site.close();
  await gate.close();
});

/** The test's user has one event in Kafka, and it has the id of every request that went out. */
async function expectStoredOnce(user: string): Promise<void> {
  const events = await storedEvents(brokers, topic, user);
  expect(events).toHaveLength(1);
  expect(new Set(gate.seenIds)).toEqual(new Set([events[0]?.id]));
}

describe('a click', () => {
  it('is one GET /api/select with the service, the user and an id, and nothing else goes out', async () => {
    await site.page.context().addCookies([{ name: 'session', value: 'secret', url: gate.url }]);
    await site.choose('홍길동 &=+%', 'green');
    await site.shown('stored');
    expect(gate.calls).toEqual(['GET /api/select']);
    expect(gate.seen).toMatchObject([{ contentType: undefined, cookie: undefined }]);
    expect(gate.seen[0]?.query).toEqual({
      service: 'green',
      user: '홍길동 &=+%',
      id: expect.stringMatching(UUID),
    });
    await expectStoredOnce('홍길동 &=+%');
  });

  it('is an event of its own, with an id of its own, however quickly it follows another', async () => {
    await site.choose('quick', 'blue', 'blue', 'red');
    await site.shown('stored', 3);
    expect(gate.calls).toEqual(Array(3).fill('GET /api/select'));
    expect(gate.seen.map(({ query }) => query['service']).sort()).toEqual(['blue', 'blue', 'red']);
    expect(new Set(gate.seenIds).size).toBe(3);
  });

  it('does not wait for the answers to earlier clicks', async () => {
    gate.incidents.push({ is: 'held' });
    await site.choose('overtaken', 'blue', 'red');
    expect((await site.shown('stored'))[0]).toContain('빨강');
    expect((await site.shown('waiting'))[0]).toContain('기록하는 중…');
  });

  it.each(['', '   ', '\u3000'])('with the name %j opens the dialog and sends nothing', async (name) => {
    await site.page.fill('#user', name);
    for (const button of await site.services().all()) await button.click();
    expect(site.alerts).toEqual(Array(await site.services().count()).fill('이름을 입력하세요'));
    expect(await site.page.evaluate(() => document.activeElement?.id)).toBe('user');
    await site.choose(`after ${name}`, 'blue');
    await site.shown('stored');
    expect(gate.calls).toEqual(['GET /api/select']);
    expect(await site.page.locator('#outcomes li').count()).toBe(1);
  });
});

describe('a click whose answer does not come', () => {
  it('because the connection breaks is sent again with the same id, and stored once', async () => {
    gate.incidents.push({ is: 'swallowed' });
    gate.cutsOthers = true;
    await site.choose('swallowed', 'blue');
    const [line] = await site.shown('unknown');
    expect(line).toContain('기록 여부를 아직 알 수 없음 — 수집 서버에서 답이 없습니다');
    gate.cutsOthers = false;
    const [stored] = await site.shown('stored');
    expect(stored).toContain(`(${gate.calls.length}번째 시도)`);
    expect(new Set(gate.calls)).toEqual(new Set(['GET /api/select']));
    await expectStoredOnce('swallowed');
  });

  it('in time is sent again with the same id, and stored once', async () => {
    gate.incidents.push({ is: 'held' });
    gate.cutsOthers = true;
    await site.choose('held', 'blue');
    await site.shown('unknown');
    gate.cutsOthers = false;
    await site.shown('stored');
    expect(gate.calls.length).toBeGreaterThanOrEqual(2);
    await expectStoredOnce('held');
  });

  it('because the producer is gone is stored once it is back', async () => {
    gate.target = 'http://127.0.0.1:9';
    await site.choose('too early', 'blue');
    await site.shown('unknown');
    expect(await storedEvents(brokers, topic, 'too early')).toEqual([]);
    gate.target = producer.url;
    await site.shown('stored');
    await expectStoredOnce('too early');
  });
});

describe('a click that the producer does not store', () => {
  it.each([
    [503, 'broker_unavailable', '아직 기록되지 않음 — 수집 서버가 Kafka에 연결하지 못했습니다'],
    [503, 'outcome_unknown', '기록 여부를 아직 알 수 없음 — 수집 서버도 결과를 모릅니다'],
    [429, 'rate_limited', '아직 기록되지 않음 — 요청이 너무 잦습니다'],
  ])('because of %i %s is sent again after Retry-After, with the same id', async (status, code, text) => {
    gate.incidents.push({ is: 'answered', status, code, retryAfterSeconds: 3 });
    await site.choose(code, 'blue');
    expect((await site.shown('unknown'))[0]).toContain(text);
    await site.shown('stored');
    const [first = Number.NaN, second = Number.NaN] = gate.seen.map(({ atMs }) => atMs);
    expect(second - first).toBeGreaterThanOrEqual(3_000);
    expect(gate.calls).toHaveLength(2);
    await expectStoredOnce(code);
  });

  it('because it refuses for good is not sent again', async () => {
    gate.incidents.push({ is: 'answered', status: 502, code: 'broker_refused' });
    await site.choose('refused', 'blue');
    expect((await site.shown('failed'))[0]).toContain('기록되지 않음 — Kafka가 기록을 거부했습니다');
    await site.choose('afterwards', 'blue');
    await site.shown('stored');
    expect(gate.calls).toHaveLength(2);
    expect(await storedEvents(brokers, topic, 'refused')).toEqual([]);
  });
});
