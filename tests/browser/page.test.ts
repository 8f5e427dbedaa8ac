import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { hostSite } from '../support/browser/static-site.ts';
import { CollectorGate } from '../support/collector/collector-gate.ts';
import { createTopic, readTopic } from '../support/kafka/topic.ts';
import { type RoleProcess, startRole } from '../support/process/role-process.ts';

const brokers = inject('kafkaBrokers');
const PHONE = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true };

let browser: Browser;
let topic: string;
let producer: RoleProcess;
let page: Page;
/** Addresses of every event the page asked to store. */
let requests: string[];
let alerts: string[];

beforeAll(async () => {
  topic = await createTopic(brokers, { partitions: 2 });
  producer = await startRole('producer', { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic });
  [browser] = await Promise.all([launchBrowser(), producer.ready()]);
});
afterAll(async () => {
  await browser?.close();
  await producer?.stop();
});
beforeEach(() => open(producer.url));
afterEach(() => page.context().close());

async function open(url: string, options: BrowserContextOptions = {}): Promise<void> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  requests = [];
  alerts = [];
  page.on('request', (request) => request.url().includes('/api/') && requests.push(request.url()));
  page.on('dialog', (dialog) => {
    alerts.push(dialog.message());
    void dialog.accept();
  });
  await page.goto(url);
}

async function reopen(url: string, options?: BrowserContextOptions): Promise<void> {
  await page.context().close();
  await open(url, options);
}

const services = () => page.locator('button[data-service]');
const service = (name: string) => page.locator(`button[data-service="${name}"]`);
const lines = (outcome: string) => page.locator(`#outcomes li[data-outcome="${outcome}"]`);

async function settled(outcome: string, count = 1): Promise<string[]> {
  await lines(outcome)
    .nth(count - 1)
    .waitFor();
  return lines(outcome).allTextContents();
}

/** What Kafka holds for a user, each with the words by which the page names its place. */
async function stored(user: string): Promise<{ service: string; place: string; userAgent: string }[]> {
  return (await readTopic(brokers, topic))
    .filter(({ key }) => key === user)
    .map(({ partition, offset, value }) => {
      const event = JSON.parse(value.toString());
      const place = `파티션 ${partition}, 오프셋 ${offset}`;
      return { service: event.service, place, userAgent: event.userAgent };
    });
}

describe('the page', () => {
  it.each(['', '   ', '\u3000'])('asks for the name %j and sends nothing without one', async (name) => {
    await page.fill('#user', name);
    for (const button of await services().all()) await button.click();
    expect(alerts).toEqual(Array(await services().count()).fill('이름을 입력하세요'));
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('user');
    await page.fill('#user', `after ${name}`);
    await service('blue').click();
    await settled('stored');
    expect(requests).toHaveLength(1);
    expect(await page.locator('#outcomes li').count()).toBe(1);
  });

  it('stores what was clicked and shows the partition and the offset at which it lies', async () => {
    await page.fill('#user', '홍길동 👩‍👩‍👧 &=+%');
    await service('green').click();
    const [line] = await settled('stored');
    const [event, ...others] = await stored('홍길동 👩‍👩‍👧 &=+%');
    expect(others).toEqual([]);
    expect(event?.service).toBe('green');
    expect(line).toContain(event?.place);
    expect(await page.getByRole('status').textContent()).toContain(event?.place);
    expect(event?.userAgent).toBe(await page.evaluate(() => navigator.userAgent));
  });

  it('loses none of several clicks in a row and shows them in their order, newest first', async () => {
    const clicks = ['blue', 'red', 'yellow', 'green', 'blue', 'red'];
    await page.fill('#user', 'quick');
    await page.evaluate((names) => {
      for (const name of names) document.querySelector<HTMLElement>(`[data-service="${name}"]`)?.click();
    }, clicks);
    const shown = await settled('stored', clicks.length);
    const events = await stored('quick');
    expect(events.map((event) => event.service).sort()).toEqual([...clicks].sort());
    const newestFirst = [...clicks].reverse();
    for (const [i, text] of shown.entries()) {
      const event = events.find(({ place }) => text.endsWith(place));
      expect(event?.service).toBe(newestFirst[i]);
    }
  });

  it('can be used with the keyboard alone, and Enter in the field sends nothing', async () => {
    await page.keyboard.press('Tab');
    await page.keyboard.type('keys');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await settled('stored');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await settled('stored', 2);
    expect((await stored('keys')).map((event) => event.service)).toEqual(['blue', 'green']);
    expect(new URL(page.url()).search).toBe('');
  });

  it('works from another origin, below a folder, with the collector named in its head', async () => {
    const elsewhere = await hostSite(producer.url);
    await reopen(elsewhere.url);
    await page.fill('#user', 'elsewhere');
    await service('red').click();
    const [line] = await settled('stored');
    await elsewhere.close();
    const [event] = await stored('elsewhere');
    expect(line).toContain(event?.place);
  });

  it('fits a small phone: nothing to scroll sideways, nothing too small to touch', async () => {
    await reopen(producer.url, PHONE);
    await page.fill('#user', '김수한무거북이와두루미'.repeat(20));
    await service('yellow').tap();
    await settled('stored');
    const [content, screen] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(content).toBeLessThanOrEqual(screen ?? 0);
    for (const button of await services().all()) {
      expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    }
  });

  it('says that nothing was stored, and why, when the collector refuses', async () => {
    await page.evaluate(() => document.querySelector('#user')?.removeAttribute('maxlength'));
    await page.fill('#user', 'x'.repeat(257));
    await service('blue').click();
    const [line] = await settled('failed');
    expect(line).toContain('기록되지 않음');
    expect(line).toContain('user is longer than 256 characters');
  });

  it('says that nobody knows yet when the collector is gone, and stores it when it is back', async () => {
    const gate = await CollectorGate.open('http://127.0.0.1:9');
    await page.route('**/api/events', (route) => route.continue({ url: `${gate.url}/api/events` }));
    await page.fill('#user', 'too early');
    await service('blue').click();
    expect((await settled('unknown'))[0]).toContain('수집 서버에 연결할 수 없습니다');
    expect(await stored('too early')).toEqual([]);
    gate.target = producer.url;
    const [line] = await settled('stored');
    const [event, ...others] = await stored('too early');
    expect(others).toEqual([]);
    expect(line).toContain(event?.place);
    await gate.close();
  });

  it('does not say whether it was stored when the collector does not know', async () => {
    await page.route('**/api/events', (route) =>
      route.fulfill({
        status: 503,
        json: { title: 'The outcome is unknown', detail: 'no report', code: 'outcome_unknown' },
      }),
    );
    await page.fill('#user', 'maybe');
    await service('blue').click();
    expect((await settled('unknown'))[0]).toContain('기록 여부를 아직 알 수 없음');
  });
});
