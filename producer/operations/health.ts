import type { EventLog } from '../events/event-log.ts';

export type Readiness = 'ready' | 'not connected' | 'draining';

type EventLogState = Pick<EventLog, 'ready' | 'standstill'>;

/**
 * Owns whether this process still takes events. The state is `serving` from the start and
 * `draining` from the first signal on, never back. A process is ready while it serves and has a
 * broker. A process is alive while all of its parts go on, with a broker or without.
 */
export class Health {
  readonly #eventLog: EventLogState;
  #state: 'serving' | 'draining' = 'serving';

  constructor(eventLog: EventLogState) {
    this.#eventLog = eventLog;
  }

  /** Names the part that has stopped with nothing outside in its way; undefined while all go on. */
  get standstill(): string | undefined {
    return this.#eventLog.standstill;
  }

  get draining(): boolean {
    return this.#state === 'draining';
  }

  get readiness(): Readiness {
    if (this.draining) return 'draining';
    return this.#eventLog.ready ? 'ready' : 'not connected';
  }

  drain(): void {
    this.#state = 'draining';
  }
}
