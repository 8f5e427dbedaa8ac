import { CollectorError } from '../../../producer/events/errors.ts';
import type {
  Appended,
  AppendOptions,
  EventLog,
  EventRecord,
  Position,
  Queue,
} from '../../../producer/events/event-log.ts';

/** An event log that keeps its records in memory, and fails or waits on command. */
export class ScriptedEventLog implements EventLog {
  ready = true;
  standstill: string | undefined;
  /** The error that `append` throws instead of storing; undefined to store. */
  failure: Error | undefined;
  /** `append` awaits this promise before it stores. */
  gate: Promise<void> = Promise.resolve();
  /** While true, appends are undecided. `late` has the resolver of each. */
  undecided = false;
  readonly late: ((outcome: Position | CollectorError) => void)[] = [];
  readonly records: EventRecord[] = [];
  readonly queue: Queue = { events: 0, bytes: 0, maxEvents: 1_000, maxBytes: 1_000_000 };

  async append(record: EventRecord, _options?: AppendOptions): Promise<Appended> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    const offset = this.records.push(record) - 1;
    if (this.undecided) {
      const late = new Promise<Position | CollectorError>((resolve) => this.late.push(resolve));
      return { undecided: new CollectorError('outcome_unknown', 'on its way'), late };
    }
    return { topic: 'scripted', partition: 0, offset };
  }
}
