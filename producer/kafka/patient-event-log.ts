import { CollectorError } from '../events/errors.ts';
import type { Appended, AppendOptions, EventLog, EventRecord, Queue } from '../events/event-log.ts';

/** An event log that tells when it is ready. */
export interface AwaitableEventLog extends EventLog {
  /**
   * Resolves when an append has a chance or never will have one, at the latest after `withinMs`.
   */
  whenReady(withinMs: number): Promise<void>;
}

/**
 * The event log of a function. An append waits for the connection instead of failing at once. A
 * function runs only while it is called. A refusal of its first call, or of its first call after a
 * freeze, would give the connection no time. The next call would then fail too. A waiting record
 * counts against the bounds of the records in flight.
 */
export class PatientEventLog implements EventLog {
  readonly #eventLog: AwaitableEventLog;
  readonly #deadlineMs: number;
  #waitingEvents = 0;
  #waitingBytes = 0;

  /**
   * @param deadlineMs the longest wait; also the time for wait and append together when the caller
   *   gives none
   */
  constructor(eventLog: AwaitableEventLog, deadlineMs: number) {
    this.#eventLog = eventLog;
    this.#deadlineMs = deadlineMs;
  }

  get ready(): boolean {
    return this.#eventLog.ready;
  }

  get standstill(): string | undefined {
    return this.#eventLog.standstill;
  }

  get queue(): Queue {
    const { events, bytes, ...bounds } = this.#eventLog.queue;
    return { events: events + this.#waitingEvents, bytes: bytes + this.#waitingBytes, ...bounds };
  }

  async append(record: EventRecord, options: AppendOptions = {}): Promise<Appended> {
    if (this.#eventLog.ready) return this.#eventLog.append(record, options);
    const { withinMs = this.#deadlineMs } = options;
    const since = performance.now();
    // The append itself keeps at least half of the time. A late append would have an unknown
    // outcome.

    await this.#wait(record.value.length, Math.min(this.#deadlineMs, withinMs / 2));
    return this.#eventLog.append(record, { ...options, withinMs: withinMs - (performance.now() - since) });
  }

  async #wait(bytes: number, withinMs: number): Promise<void> {
    const { queue } = this;
    if (queue.events >= queue.maxEvents || queue.bytes + bytes > queue.maxBytes) {
      throw new CollectorError('overloaded', 'The event was not stored: too many wait for the broker');
    }
    this.#waitingEvents += 1;
    this.#waitingBytes += bytes;
    await this.#eventLog.whenReady(withinMs);
    this.#waitingEvents -= 1;
    this.#waitingBytes -= bytes;
  }
}
