import { type Example, FAULTS, type Fault } from './verdict.ts';

/** The report tells so many examples of each fault. */
const EXAMPLES = 5;

/** Counts the faults of a partition, and keeps the first examples of each. */
export class Faults {
  readonly #counts = new Map<Fault, number>();
  readonly #examples: Example[] = [];
  /** The file that is being read, and the number of its last line so far. */
  #path = '';
  #line = 0;

  beginFile(path: string): void {
    this.#path = path;
    this.#line = 0;
  }

  beginLine(): void {
    this.#line += 1;
  }

  /** Adds a fault of the line that is being read. */
  addInLine(fault: Fault, says: () => string): void {
    this.add(fault, () => `${this.#path}:${this.#line}: ${says()}`);
  }

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
