import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CollectorError } from '../../../../producer/events/errors.ts';
import { InFlight } from '../../../../producer/kafka/in-flight.ts';

const POSITION = { topic: 't', partition: 0, offset: 7 };
let overdue: number;
let inFlight: InFlight;

beforeEach(() => {
  vi.useFakeTimers();
  overdue = 0;
  inFlight = new InFlight({
    maxRecords: 2,
    maxBytes: 10,
    deadlineMs: 1_000,
    onOverdue: () => (overdue += 1),
  });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('records in flight', () => {
  it('are bounded in count and in bytes, and make room as they settle', async () => {
    const { id, appended } = inFlight.add(8);
    expect([inFlight.hasRoom(2), inFlight.hasRoom(3)]).toEqual([true, false]);
    inFlight.add(1).appended.catch(() => {});
    expect(inFlight.hasRoom(0)).toBe(false);
    inFlight.settle(id, POSITION);
    expect(inFlight.hasRoom(9)).toBe(true);
    await expect(appended).resolves.toEqual(POSITION);
  });

  it('are unknown past their deadline, but hold their room until librdkafka reports', async () => {
    const { id, appended } = inFlight.add(8);
    const settled = expect(appended).resolves.toMatchObject({ undecided: { code: 'outcome_unknown' } });
    vi.advanceTimersByTime(1_000);
    await settled;
    expect([inFlight.awaited, overdue, inFlight.hasRoom(3)]).toEqual([0, 1, false]);
    inFlight.settle(id, POSITION);
    expect(inFlight.hasRoom(3)).toBe(true);
  });

  it('have each a deadline of its own, whichever was handed over first', async () => {
    const undecidedFor = (ms: number) => ({ undecided: { message: `The broker said nothing for ${ms} ms` } });
    const later = expect(inFlight.add(1, { withinMs: 500 }).appended).resolves.toMatchObject(
      undecidedFor(500),
    );
    const sooner = expect(inFlight.add(1, { withinMs: 100 }).appended).resolves.toMatchObject(
      undecidedFor(100),
    );
    vi.advanceTimersByTime(100);
    expect([inFlight.awaited, overdue]).toEqual([1, 1]);
    vi.advanceTimersByTime(400);
    expect([inFlight.awaited, overdue]).toEqual([0, 2]);
    await Promise.all([later, sooner]);
  });

  it('are all unknown once abandoned, counted without those that were unknown before', async () => {
    const early = expect(inFlight.add(1).appended).resolves.toHaveProperty('undecided');
    vi.advanceTimersByTime(1_000);
    const late = expect(inFlight.add(1).appended).rejects.toMatchObject({
      code: 'outcome_unknown',
      message: 'why',
    });
    expect(inFlight.abandon('why')).toBe(1);
    await Promise.all([early, late]);
    expect([inFlight.awaited, inFlight.hasRoom(10)]).toEqual([0, true]);
  });

  it('settle once: a report of an unknown or a settled record changes nothing', async () => {
    const { id, appended } = inFlight.add(4);
    inFlight.settle(id, new CollectorError('broker_refused', 'no'));
    inFlight.settle(id, POSITION);
    inFlight.settle(99, POSITION);
    await expect(appended).rejects.toMatchObject({ code: 'broker_refused' });
    expect(inFlight.awaited).toBe(0);
  });

  it('know for how long the oldest of them has been without a report, unknown or not', () => {
    expect(inFlight.oldestMs).toBe(0);
    const { id, appended } = inFlight.add(1);
    appended.catch(() => {});
    vi.advanceTimersByTime(600);
    inFlight.add(1).appended.catch(() => {});
    vi.advanceTimersByTime(600);
    expect(inFlight.oldestMs).toBe(1_200);
    inFlight.settle(id, POSITION);
    expect(inFlight.oldestMs).toBe(600);
  });
});
