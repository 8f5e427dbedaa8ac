import { type CollectorError, UndecidedError } from '../../../producer/events/errors.ts';
import type {
  AppendOptions,
  EventLog,
  EventRecord,
  Position,
  Queue,
} from '../../../producer/events/event-log.ts';

/** An event log that keeps what it is given in memory, and fails or waits on command. */
export class ScriptedEventLog implements EventLog {
  ready = true;
  standstill: string | undefined;
  /** Thrown instead of storing. */
  failure: Error | undefined;
  /** Awaited before storing. */
  gate: Promise<void> = Promise.resolve();
  /** Calls the next outcomes undecided; `late` is who awaits them. */
  undecided = false;
  readonly late: ((outcome: Position | CollectorError) => void)[] = [];
  readonly records: EventRecord[] = [];
  readonly queue: Queue = { events: 0, bytes: 0, maxEvents: 1_000, maxBytes: 1_000_000 };

  async append(record: EventRecord, { onLate }: AppendOptions = {}): Promise<Position> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    const offset = this.records.push(record) - 1;
    if (this.undecided) {
      if (onLate) this.late.push(onLate);
      throw new UndecidedError('on its way');
    }
    return { topic: 'scripted', partition: 0, offset };
  }
}
