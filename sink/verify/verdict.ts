/** What makes a partition wrong, in the order of the report. */
export const FAULTS = ['lost', 'doubled', 'disordered', 'torn', 'differing', 'misnamed'] as const;

/**
 * - `lost`: records before the last stored line that have no line
 * - `doubled`: lines of an offset that has one already
 * - `disordered`: lines that come after one of a higher offset
 * - `torn`: lines that are not complete
 * - `differing`: lines that are not what their record makes, or have none
 * - `misnamed`: files that are called other than what is in them, overlap, or go missing between two others
 */
export type Fault = (typeof FAULTS)[number];

/** What is found of one partition. Only faults are wrong. */
export interface Verdict extends Readonly<Record<Fault, number>> {
  readonly partition: number;
  /** What Kafka had when it began, `high` excluded. */
  readonly low: number;
  readonly high: number;
  readonly lines: number;
  /** Lines of records that are no JSON object. */
  readonly rejected: number;
  /** Records behind the last stored line: the sink's lag. */
  readonly pending: number;
  /** Lines whose records Kafka no longer has: held against their order alone. */
  readonly gone: number;
  /** Whether the last file ends within a line: an append under way, or one cut short that the next claim cuts off. */
  readonly unfinished: boolean;
  readonly examples: readonly Example[];
  /** Why the partition could not be looked at to its end. */
  readonly failure?: string;
}

export interface Example {
  readonly fault: Fault;
  readonly says: string;
}

/** Of each fault the first ones are told. */
const EXAMPLES = 5;

/** Counts faults and keeps the first of each to be told. */
export class Faults {
  readonly #counts = new Map<Fault, number>();
  readonly #examples: Example[] = [];

  add(fault: Fault, says: () => string): void {
    this.#counts.set(fault, (this.#counts.get(fault) ?? 0) + 1);
    if (this.#examples.filter((example) => example.fault === fault).length < EXAMPLES) {
      this.#examples.push({ fault, says: says() });
    }
  }

  get examples(): readonly Example[] {
    return this.#examples;
  }

  get counts(): Readonly<Record<Fault, number>> {
    return Object.fromEntries(FAULTS.map((fault) => [fault, this.#counts.get(fault) ?? 0])) as Record<
      Fault,
      number
    >;
  }
}

export const isWrong = (verdict: Verdict): boolean => FAULTS.some((fault) => verdict[fault] > 0);
