import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Problem, Receipt } from '../../../../producer/contract/answer.ts';
import { CollectorError } from '../../../../producer/events/errors.ts';
import {
  type AssembledCollector,
  assembleCollector,
  balance,
} from '../../../support/collector/assembled-collector.ts';

let collector: AssembledCollector;
beforeEach(() => {
  collector = assembleCollector();
});

interface Answer {
  readonly status: number;
  readonly body: Partial<Problem & Receipt>;
}

async function send(query = 'service=blue&user=kim&id=mine'): Promise<Answer> {
  const response = await collector.app.request(`/api/select?${query}`);
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

async function counts() {
  const metrics = await collector.metrics();
  const { received, accounted } = balance(metrics);
  expect(accounted).toBe(received);
  return { received, repeated: metrics.get('producer_events_ignored_total{reason="repeated"}') };
}

describe('an id that comes again', () => {
  it('while the first is on its way waits for the same receipt, and stores nothing', async () => {
    let open = () => {};
    collector.eventLog.gate = new Promise((resolve) => {
      open = resolve;
    });
    const [first, second] = [send(), send()];
    await setImmediate();
    expect(await counts()).toEqual({ received: 1, repeated: 1 });
    open();
    expect(await second).toEqual(await first);
    expect(collector.eventLog.records).toHaveLength(1);
  });

  it('after the first was acknowledged is answered with its receipt', async () => {
    const first = await send();
    expect(await send()).toEqual(first);
    expect(await counts()).toEqual({ received: 1, repeated: 1 });
  });

  it('twice in one batch is stored once', async () => {
    const event = { service: 'blue', user: 'kim', id: 'mine' };
    const init = {
      method: 'POST',
      body: JSON.stringify([event, event]),
      headers: { 'Content-Type': 'text/plain' },
    };
    const response = await collector.app.request('/api/events', init);
    const { events } = (await response.json()) as { events: unknown[] };
    expect(events[1]).toEqual(events[0]);
    expect(collector.eventLog.records).toHaveLength(1);
  });

  it.each([
    ['another service', 'service=red&user=kim&id=mine'],
    ['another user', 'service=blue&user=lee&id=mine'],
  ])('of %s is another event', async (_, other) => {
    await send();
    expect((await send(other)).status).toBe(200);
    expect(collector.eventLog.records).toHaveLength(2);
  });

  it('of names that only together look like those of the first is another event', async () => {
    await send('service=a%0Ab&user=c&id=mine');
    expect((await send('service=a&user=b%0Ac&id=mine')).status).toBe(200);
    expect(collector.eventLog.records).toHaveLength(2);
  });

  it('is answered as the first time even where new events are refused', async () => {
    collector = assembleCollector({ RATE_LIMIT_EVENTS: '1' });
    const first = await send();
    expect(await send()).toEqual(first);
    collector.health.drain();
    expect(await send()).toEqual(first);
  });

  it.each(['broker_unavailable', 'overloaded', 'outcome_unknown'] as const)(
    'after %s, with nobody left to say what became of it, is stored',
    async (code) => {
      collector.eventLog.failure = new CollectorError(code, 'why');
      expect((await send()).body).toMatchObject({ code, id: 'mine' });
      collector.eventLog.failure = undefined;
      expect((await send()).status).toBe(200);
      expect(await counts()).toEqual({ received: 2, repeated: 0 });
    },
  );

  it('after an event log that broke, and did not even say so in its promise, is stored', async () => {
    const broken = new Error('broken');
    const { eventLog } = collector;
    const append = eventLog.append.bind(eventLog);
    eventLog.append = () => {
      throw broken;
    };
    expect(await send()).toMatchObject({ status: 500, body: { code: 'internal', id: 'mine' } });
    eventLog.append = append;
    expect((await send()).status).toBe(200);
    expect(await counts()).toEqual({ received: 2, repeated: 0 });
  });

  describe('while nobody knows yet what became of the first', () => {
    beforeEach(async () => {
      collector.eventLog.undecided = true;
      expect((await send()).body.code).toBe('outcome_unknown');
      collector.eventLog.undecided = false;
    });

    it('is unknown too, and stores nothing', async () => {
      expect((await send()).body.code).toBe('outcome_unknown');
      expect(collector.eventLog.records).toHaveLength(1);
      expect(await counts()).toEqual({ received: 1, repeated: 1 });
    });

    it('has the receipt once the broker has acknowledged it late', async () => {
      collector.eventLog.late[0]?.({ topic: 'scripted', partition: 0, offset: 0 });
      await setImmediate();
      expect(await send()).toMatchObject({ status: 200, body: { id: 'mine', offset: 0 } });
      expect(collector.eventLog.records).toHaveLength(1);
    });

    it('is stored once the broker has refused it late', async () => {
      collector.eventLog.late[0]?.(new CollectorError('broker_refused', 'no'));
      await setImmediate();
      expect(await send()).toMatchObject({ status: 200, body: { offset: 1 } });
    });
  });
});

describe('events that are refused before they are handed over', () => {
  it('are counted, and leave no trace', async () => {
    collector = assembleCollector({ RATE_LIMIT_EVENTS: '1' });
    expect((await send('service=a&user=b')).status).toBe(200);
    expect((await send()).body).toMatchObject({ code: 'rate_limited', id: 'mine' });
    collector.health.drain();
    expect((await send()).body).toMatchObject({ code: 'draining', id: 'mine' });
    expect(await counts()).toEqual({ received: 3, repeated: 0 });
    expect(collector.eventLog.records).toHaveLength(1);
  });
});
