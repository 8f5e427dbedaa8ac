import type { EventLog, EventRecord, Position } from '../../producer/event-log.ts';

/** An event log that keeps what it is given in memory, and fails or waits on command. */
export class ScriptedEventLog implements EventLog {
  ready = true;
  standstill: string | undefined;
  /** Thrown instead of storing. */
  failure: Error | undefined;
  /** Awaited before storing. */
  gate: Promise<void> = Promise.resolve();
  readonly records: EventRecord[] = [];

  async append(record: EventRecord): Promise<Position> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    const offset = this.records.push(record) - 1;
    return { topic: 'scripted', partition: 0, offset };
  }
}
