import type { EventLog } from './event-log.ts';

export type Readiness = 'ready' | 'not connected' | 'draining';

/**
 * Owns whether this process still takes events: `serving` from the start, `draining` from the first signal on, never
 * back. Ready is who serves and has a broker.
 */
export class Health {
  readonly #eventLog: Pick<EventLog, 'ready'>;
  #state: 'serving' | 'draining' = 'serving';

  constructor(eventLog: Pick<EventLog, 'ready'>) {
    this.#eventLog = eventLog;
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
