import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { OpenPage } from '../support/browser/open-page.ts';
import { hostSite } from '../support/browser/static-site.ts';
import { storedEvents } from '../support/browser/stored-events.ts';
import { createTopic } from '../support/kafka/topic.ts';
import { type RoleProcess, startRole } from '../support/process/role-process.ts';

const brokers = inject('kafkaBrokers');
const PHONE = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true };

let browser: Browser;
let topic: string;
let producer: RoleProcess;
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
  site = await OpenPage.open(browser, producer.url);
});
afterEach(() => site.close());

async function reopen(url: string, options?: BrowserContextOptions): Promise<void> {
  await site.close();
  site = await OpenPage.open(browser, url, options);
}

const stored = (user: string) => storedEvents(brokers, topic, user);

describe('the page', () => {
  it('stores what was clicked and shows the topic, the partition and the offset at which it lies', async () => {
    await site.choose('홍길동 👩‍👩‍👧 &=+%', 'green');
    const [line] = await site.shown('stored');
    const [event, ...others] = await stored('홍길동 👩‍👩‍👧 &=+%');
    expect(others).toEqual([]);
    expect(event?.service).toBe('green');
    expect(line).toContain(event?.place);
    expect(await site.page.getByRole('status').textContent()).toContain(event?.place);
    expect(event?.userAgent).toBe(await site.page.evaluate(() => navigator.userAgent));
  });

  it('loses none of several clicks in a row and shows them in their order, newest first', async () => {
    const clicks = ['blue', 'red', 'yellow', 'green', 'blue', 'red'];
    await site.page.fill('#user', 'quick');
    await site.page.evaluate((names) => {
      for (const name of names) document.querySelector<HTMLElement>(`[data-service="${name}"]`)?.click();
    }, clicks);
    const shown = await site.shown('stored', clicks.length);
    const events = await stored('quick');
    expect(events.map((event) => event.service).sort()).toEqual([...clicks].sort());
    expect(new Set(events.map(({ id }) => id)).size).toBe(clicks.length);
    const newestFirst = [...clicks].reverse();
    for (const [i, text] of shown.entries()) {
      const event = events.find(({ place }) => text.endsWith(place));
      expect(event?.service).toBe(newestFirst[i]);
    }
  });

  it('can be used with the keyboard alone, and Enter in the field sends nothing', async () => {
    const { keyboard } = site.page;
    await keyboard.press('Tab');
    await keyboard.type('keys');
    await keyboard.press('Enter');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await site.shown('stored');
    await keyboard.press('Tab');
    await keyboard.press('Space');
    await site.shown('stored', 2);
    expect((await stored('keys')).map((event) => event.service).sort()).toEqual(['blue', 'green']);
    expect(new URL(site.page.url()).search).toBe('');
  });

  it('names its field, its buttons and its list for a screen reader', async () => {
    const { page } = site;
    await page.getByRole('textbox', { name: '이름' }).waitFor();
    await page.getByRole('group', { name: '서비스' }).waitFor();
    await page.getByRole('region', { name: '최근 기록' }).waitFor();
    for (const name of ['파랑', '초록', '빨강', '노랑']) await page.getByRole('button', { name }).waitFor();
  });

  it('works from another origin, below a folder, with the producer named in its head', async () => {
    const elsewhere = await hostSite(producer.url);
    await reopen(elsewhere.url);
    await site.choose('elsewhere', 'red');
    const [line] = await site.shown('stored');
    await elsewhere.close();
    const [event] = await stored('elsewhere');
    expect(line).toContain(event?.place);
  });

  it.each(['', 'tracker.html'])('fits a small phone: /%s', async (path) => {
    await reopen(`${producer.url}/${path}`, PHONE);
    await site.page.fill('#user', '김수한무거북이와두루미'.repeat(20));
    await site.service('yellow').tap();
    await site.shown('stored');
    const [content, screen] = await site.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(content).toBeLessThanOrEqual(screen ?? 0);
    for (const button of await site.services().all()) {
      expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    }
  });

  it('leads to the tracker and back', async () => {
    await site.page.getByRole('link', { name: '추적기' }).click();
    await site.page.waitForURL('**/tracker.html');
    await site.page.getByRole('link', { name: '첫 페이지' }).click();
    await site.page.waitForURL(`${producer.url}/`);
  });

  it('says that nothing was stored, and why, when the producer refuses', async () => {
    await site.page.evaluate(() => document.querySelector('#user')?.removeAttribute('maxlength'));
    await site.choose('x'.repeat(257), 'blue');
    const [line] = await site.shown('failed');
    expect(line).toContain('기록되지 않음');
    expect(line).toContain('user is longer than 256 characters');
  });
});
