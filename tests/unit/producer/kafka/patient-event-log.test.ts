import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Appended, AppendOptions, Queue } from '../../../../producer/events/event-log.ts';
import { type AwaitableEventLog, PatientEventLog } from '../../../../producer/kafka/patient-event-log.ts';
import { ScriptedEventLog } from '../../../support/fakes/scripted-event-log.ts';

const DEADLINE_MS = 5_000;
const record = { key: 'hong', value: Buffer.from('{"user":"hong"}'), timestampMs: 0 };

/** An event log that is not ready until `wake`, and notes the calls that it gets. */
class AwaitedEventLog extends ScriptedEventLog implements AwaitableEventLog {
  override ready = false;
  override queue: Queue = { events: 0, bytes: 0, maxEvents: 3, maxBytes: 3 * record.value.length };
  readonly waits: number[] = [];
  readonly given: AppendOptions[] = [];
  #wake = () => {};
  readonly #awake = new Promise<void>((resolve) => {
    this.#wake = resolve;
  });

  whenReady(withinMs: number): Promise<void> {
    this.waits.push(withinMs);
    return this.#awake;
  }

  wake({ ready }: { ready: boolean }): void {
    this.ready = ready;
    if (!ready) this.failure = new Error('not ready');
    this.#wake();
  }

  override append(...[given, options = {}]: Parameters<ScriptedEventLog['append']>): Promise<Appended> {
    this.given.push(options);
    return super.append(given, options);
  }
}

let inner: AwaitedEventLog;
let patient: PatientEventLog;
beforeEach(() => {
  inner = new AwaitedEventLog();
  patient = new PatientEventLog(inner, DEADLINE_MS);
});

describe('a patient event log', () => {
  it('hands a record over at once where the connection is there', async () => {
    inner.ready = true;
    await expect(patient.append(record, { withinMs: 100 })).resolves.toMatchObject({ offset: 0 });
    expect({ waits: inner.waits, given: inner.given }).toEqual({ waits: [], given: [{ withinMs: 100 }] });
  });

  it('holds a record until the connection comes, and hands it over then', async () => {
    const position = patient.append(record);
    await setImmediate();
    expect(inner.records).toEqual([]);
    inner.wake({ ready: true });
    await expect(position).resolves.toMatchObject({ offset: 0 });
  });

  it('passes on the refusal where no connection came in time', async () => {
    const position = patient.append(record);
    inner.wake({ ready: false });
    await expect(position).rejects.toThrow('not ready');
  });

  it.each([
    [undefined, DEADLINE_MS / 2],
    [60_000, DEADLINE_MS],
    [3_000, 1_500],
    [-20, -10],
  ])('waits, of a time of %j ms, at most %i', async (withinMs, waitMs) => {
    const position = patient.append(record, { withinMs });
    inner.wake({ ready: true });
    await position;
    expect(inner.waits).toEqual([waitMs]);
  });

  it.each([
    [3_000, 3_000],
    [undefined, DEADLINE_MS],
  ])('gives an append, of a time of %j ms, only what the wait has left of %i', async (withinMs, allMs) => {
    const position = patient.append(record, { withinMs });
    await setImmediate();
    inner.wake({ ready: true });
    await position;
    const [given] = inner.given;
    expect(given?.withinMs).toBeLessThan(allMs);
    expect(given?.withinMs).toBeGreaterThan(allMs / 2);
  });

  it('lets wait only as much as may be in flight, and counts it as such', async () => {
    const waiting = [1, 2, 3].map(() => patient.append(record));
    expect(patient.queue).toMatchObject({ events: 3, bytes: 3 * record.value.length });
    await expect(patient.append(record)).rejects.toMatchObject({ code: 'overloaded' });
    inner.wake({ ready: true });
    await Promise.all(waiting);
    expect(patient.queue).toMatchObject({ events: 0, bytes: 0 });
  });
});
