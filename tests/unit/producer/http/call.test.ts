import { describe, expect, it } from 'vitest';
import { headerText, readTraceparent } from '../../../../producer/http/call.ts';
import { assembleCollector } from '../../../support/collector/assembled-collector.ts';

const SELECT = '/api/select?service=blue&user=kim&id=mine';
const TRACE = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a traceparent', () => {
  it.each([`00-${TRACE}`, `cc-${TRACE}`, `cc-${TRACE}-what-comes-later`])('%s goes on', (header) => {
    expect(readTraceparent(header)).toBe(header);
  });

  it.each([
    undefined,
    '',
    `ff-${TRACE}`,
    `00-${TRACE}-more`,
    `00-${TRACE.toUpperCase()}`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
    `00-${TRACE}, 00-${TRACE}`,
    `cc-${TRACE}\r\nX: y`,
  ])('%j does not', (header) => {
    expect(readTraceparent(header)).toBeUndefined();
  });
});

async function collect(headers: Record<string, string>, env: Record<string, string> = {}) {
  const collector = assembleCollector(env);
  const response = await collector.app.request(SELECT, { headers });
  const [record] = collector.eventLog.records;
  const stored = record && JSON.parse(record.value.toString());
  return { response, record, stored, metrics: await collector.metrics() };
}

describe('a prefetch', () => {
  it.each([
    { 'Sec-Purpose': 'prefetch' },
    { 'Sec-Purpose': 'prefetch;prerender' },
    { Purpose: 'prefetch' },
    { 'X-Moz': 'Prefetch' },
  ])('by %j is answered 204 and is no event', async (headers) => {
    const { response, record, metrics } = await collect(headers);
    expect([response.status, response.headers.get('producer-outcome'), record]).toEqual([
      204,
      'prefetch',
      undefined,
    ]);
    expect(metrics.get('producer_events_received_total')).toBe(0);
    expect(metrics.get('producer_events_ignored_total{reason="prefetch"}')).toBe(1);
  });
});

describe('a browser that asks not to be tracked', () => {
  it.each([
    ['ignore', { DNT: '1' }, { user: 'kim', userAgent: 'test/1' }],
    ['anonymise', { DNT: '1' }, { user: null, userAgent: null, anonymised: true }],
    ['anonymise', { 'Sec-GPC': '1' }, { user: null, userAgent: null, anonymised: true }],
    ['anonymise', { DNT: '0' }, { user: 'kim', userAgent: 'test/1' }],
    ['drop', { 'Sec-GPC': '1' }, undefined],
    ['drop', {}, { user: 'kim' }],
  ])('with PRIVACY_SIGNALS=%s by %j has stored %j', async (PRIVACY_SIGNALS, signal, expected) => {
    const { stored, response } = await collect({ 'User-Agent': 'test/1', ...signal }, { PRIVACY_SIGNALS });
    if (expected) expect(stored).toMatchObject(expected);
    else expect([stored, response.status]).toEqual([undefined, 204]);
  });
});

describe('the text of a header', () => {
  const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

  it.each([
    [latin1('Mac OS/Версия 14'), 'Mac OS/Версия 14'],
    [latin1('📱'), '📱'],
    ['café/1', 'café/1'],
    ['Mozilla/5.0', 'Mozilla/5.0'],
    ['already Версия', 'already Версия'],
    ['', ''],
    [undefined, undefined],
  ])('is UTF-8 where it is valid UTF-8, else Latin-1: %j', (header, text) => {
    expect(headerText(header)).toBe(text);
  });
});
