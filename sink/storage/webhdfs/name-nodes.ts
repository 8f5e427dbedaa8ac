/**
 * The NameNodes of a cluster, and which of them to ask first: the one that served last, for a standby costs a hop and a dead one
 * a time-out. Requests of several partitions fail at the same moment when a NameNode dies; only the first of them
 * moves on.
 *
 * A NameNode that lost its office without knowing it still answers reads, from a namespace that stands still. (It cannot
 * apply a change: the journal refuses its edit, and it ends.) A claim is a rename that the active one has applied: who does
 * not know it answers FileNotFoundException, which counts as a fence. Who knows it knows of every append that was under way
 * at that instant, for none can begin under an older token later, and says "held" as long as it has not seen it end. Whoever says
 * "free" says the length too, and what is read afterwards has to be of that length, for another one may be asked then. What is
 * listed before the rename only says what to rename, and a partition's folder holds one child at every instant.
 */
export class NameNodes {
  readonly #all: readonly URL[];
  #first = 0;

  /** @param all at least one; of one cluster, or the fence is none */
  constructor(all: readonly URL[]) {
    if (all.length === 0) throw new RangeError('no NameNode is configured');
    this.#all = all;
  }

  /** Each of them once. */
  inTurn(): readonly URL[] {
    return [...this.#all.slice(this.#first), ...this.#all.slice(0, this.#first)];
  }

  /** Says that one did not serve. */
  doubt(nameNode: URL): void {
    if (this.#all[this.#first] === nameNode) this.#first = (this.#first + 1) % this.#all.length;
  }
}
