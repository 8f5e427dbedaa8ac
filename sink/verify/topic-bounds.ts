import type { OffsetRange } from '../../infra/kafka/offsets.ts';

export interface TopicBoundsOptions extends OffsetRange {
  /** Whether Kafka may have dropped single records. */
  readonly compacted: boolean;
}

/**
 * Where an offset without a record lies:
 *
 * - `beyond-end`: at or after the end of the topic, as it is now.
 * - `later`: after the end of the topic, as it was when the verification began.
 * - `dropped`: Kafka has dropped the record, or may have dropped it.
 * - `within`: Kafka must have a record.
 */
export type OffsetPlace = 'beyond-end' | 'later' | 'dropped' | 'within';

/**
 * The offsets that Kafka has of one partition. While the verification runs, Kafka may drop records
 * at the beginning and get records at the end.
 */
export class TopicBounds {
  /** The end when the verification began. */
  readonly #high: number;
  readonly #compacted: boolean;
  #low: number;
  #end: number;

  constructor({ low, high, compacted }: TopicBoundsOptions) {
    this.#low = low;
    this.#high = high;
    this.#end = high;
    this.#compacted = compacted;
  }

  update({ low, high }: OffsetRange): void {
    this.#low = Math.max(this.#low, low);
    this.#end = Math.max(this.#end, high);
  }

  /** Whether only newer bounds can tell if a line of this offset is right. */
  needUpdate(offset: number, hasRecord: boolean): boolean {
    if (offset >= this.#high) return offset >= this.#end;
    return !hasRecord && offset >= this.#low && !this.#compacted;
  }

  placeOf(offset: number): OffsetPlace {
    if (offset >= this.#end) return 'beyond-end';
    if (offset >= this.#high) return 'later';
    return offset < this.#low || this.#compacted ? 'dropped' : 'within';
  }
}
