import { describe, expect, it } from 'vitest';
import { EventFactory } from '../../../../producer/events/event-factory.ts';

const AT_MS = Date.UTC(2026, 10, 22, 14, 5, 6, 7);
const CALL = { atMs: AT_MS, userAgent: null, bot: false, ip: undefined, policy: 'collect' as const };

const factory = new EventFactory();
const make = factory.make.bind(factory);

describe('the record of an event', () => {
  it('is the JSON of the contract, its fields in that order', () => {
    const { event, record } = make({ service: 'blue', user: '홍길동' }, { ...CALL, userAgent: 'curl/8' });
    expect(record.value.toString()).toBe(
      `{"id":"${event.id}","timestamp":"2026-11-22T14:05:06.007Z","userAgent":"curl/8","service":"blue","user":"홍길동"}`,
    );
  });

  it('is keyed by user and carries the instant of the call', () => {
    const { record } = make({ service: 'blue', user: '홍길동' }, CALL);
    expect(record).toMatchObject({ key: '홍길동', timestampMs: AT_MS });
  });

  it('says null where there was no User-Agent', () => {
    const { record } = make({ service: 'a', user: 'b' }, CALL);
    expect(JSON.parse(record.value.toString()).userAgent).toBeNull();
  });

  it('stays one line whatever the names hold', () => {
    const { event, record } = make({ service: 'a\r\nb', user: '\u2028"\\\u0000' }, CALL);
    const line = record.value.toString();
    expect(line).not.toMatch(/[\r\n]/);
    expect(JSON.parse(line)).toEqual(event);
  });

  it('has an id of version 7 with the same instant, another for each call', () => {
    const ids = Array.from({ length: 100 }, () => make({ service: 'a', user: 'b' }, CALL).event.id);
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(AT_MS);
    }
  });

  it('has what else is known behind that, in the order of the contract', () => {
    const input = {
      service: 'blue',
      user: 'kim',
      id: 'mine',
      timestamp: '2026-11-22T14:00:00.000Z',
      properties: { plan: 'pro', seats: 3 },
    };
    const { record } = make(input, {
      ...CALL,
      userAgent: 'bot/1',
      bot: true,
      ip: '192.0.2.0',
      traceparent: '00-a',
    });
    expect(record.value.toString()).toBe(
      '{"id":"mine","timestamp":"2026-11-22T14:05:06.007Z","userAgent":"bot/1","service":"blue","user":"kim",' +
        '"clientTimestamp":"2026-11-22T14:00:00.000Z","properties":{"plan":"pro","seats":3},"ip":"192.0.2.0","bot":true}',
    );
    expect(record.traceparent).toBe('00-a');
  });

  it('withholds all that may tell who it was where the event is to be anonymous, and says so', () => {
    const input = { service: 'blue', user: 'kim', id: 'mine', properties: { email: 'kim@example.com' } };
    const call = { ...CALL, userAgent: 'Browser/1', ip: '192.0.2.77', policy: 'anonymise' as const };
    const { record } = make(input, call);
    expect(record.key).toBeNull();
    expect(JSON.parse(record.value.toString())).toEqual({
      id: 'mine',
      timestamp: '2026-11-22T14:05:06.007Z',
      userAgent: null,
      service: 'blue',
      user: null,
      anonymised: true,
    });
  });
});
