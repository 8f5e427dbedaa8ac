import type { EventLog } from '../events/event-log.ts';

export type Readiness = 'ready' | 'not connected' | 'draining';

type Looked = Pick<EventLog, 'ready' | 'standstill'>;

/**
 * Owns whether this process still takes events: `serving` from the start, `draining` from the first signal on, never
 * back. Ready is who serves and has a broker; alive is who goes on, broker or not.
 */
export class Health {
  readonly #eventLog: Looked;
  #state: 'serving' | 'draining' = 'serving';

  constructor(eventLog: Looked) {
    this.#eventLog = eventLog;
  }

  /** What does not go on though nothing outside is in its way; undefined where all does. */
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
