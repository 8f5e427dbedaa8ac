/** The faults, in the order of the report. A partition with a fault is wrong. */
export const FAULTS = ['lost', 'doubled', 'disordered', 'torn', 'differing', 'misnamed'] as const;

/**
 * - `lost`: records before the last stored line, without a line
 * - `doubled`: further lines of an offset that has a line
 * - `disordered`: lines after a line of a higher offset
 * - `torn`: incomplete lines
 * - `differing`: lines that differ from the line of their record, or have no record
 * - `misnamed`: files whose names differ from their lines, files that overlap, and files that are
 *   missing between two others
 */
export type Fault = (typeof FAULTS)[number];

/** The result for one partition. Only faults make it wrong. */
export interface Verdict extends Readonly<Record<Fault, number>> {
  readonly partition: number;
  /** The offsets that Kafka had when the verification began, without `high`. */
  readonly low: number;
  readonly high: number;
  readonly lines: number;
  /** The number of lines whose records are no JSON object. */
  readonly rejected: number;
  /** The number of records after the last stored line: the lag of the sink. */
  readonly pending: number;
  /** The number of lines whose records Kafka no longer has. Only their order is checked. */
  readonly gone: number;
  /**
   * Whether the last file ends within a line. An append is under way, or was cut short, and the
   * next claim cuts its line off.
   */
  readonly unfinished: boolean;
  readonly examples: readonly Example[];
  /** Why the partition could not be read to its end. */
  readonly failure?: string;
}

export interface Example {
  readonly fault: Fault;
  readonly says: string;
}

export const isWrong = (verdict: Verdict): boolean => FAULTS.some((fault) => verdict[fault] > 0);
