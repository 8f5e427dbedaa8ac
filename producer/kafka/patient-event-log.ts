import { CollectorError } from '../events/errors.ts';
import type { Appended, AppendOptions, EventLog, EventRecord, Queue } from '../events/event-log.ts';

/** An event log of which one can learn when it is ready. */
export interface AwaitableEventLog extends EventLog {
  /** Resolves once an append has a chance, or none ever again, or after so long. */
  whenReady(withinMs: number): Promise<void>;
}

/**
 * An event log for functions: an append waits for the connection instead of being refused at once. A function runs only
 * while it is called, so whoever refuses the first call, or the first after a freeze, gives the connection no time to
 * come about, and would refuse the next one too. What waits counts against the bounds of what is in flight.
 */
export class PatientEventLog implements EventLog {
  readonly #eventLog: AwaitableEventLog;
  readonly #deadlineMs: number;
  #waitingEvents = 0;
  #waitingBytes = 0;

  /** @param deadlineMs of a wait, and of wait and append together where nobody says how long the caller waits */
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
    // At least half of the time is left for the append itself: begun too late, its outcome would be unknown.
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
