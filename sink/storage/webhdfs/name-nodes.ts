/**
 * The NameNodes of a cluster, and which of them the client asks first. The NameNode that served
 * last comes first, since a standby costs a hop and a dead NameNode a time-out. When a NameNode
 * dies, the requests of several partitions fail at the same moment. Only the first of them moves
 * the order on.
 *
 * A NameNode that is no longer active, and does not know it, still answers reads. It answers from a
 * namespace that stands still. (It cannot apply a change: the journal refuses its edit, and the
 * NameNode ends.) Such answers do no harm:
 *
 * - A claim is a rename that the active NameNode has applied. A NameNode that does not know of the
 *   claim answers a `FileNotFoundException`, which counts as a fence.
 * - A NameNode that knows of the claim knows of every append that was under way at that instant. No
 *   append can begin under an older token later. The NameNode answers "held" until it has seen the
 *   end of such an append.
 * - A NameNode that answers "free" tells the length, too. Later reads may ask another NameNode, so
 *   the file that they find must have that length.
 * - A listing before the rename only names the folder to rename. The folder of a partition holds
 *   one child at every instant.
 */
export class NameNodes {
  readonly #all: readonly URL[];
  #first = 0;

  /** @param all at least one, all of one cluster: between two clusters there is no fence */
  constructor(all: readonly URL[]) {
    if (all.length === 0) throw new RangeError('no NameNode is configured');
    this.#all = all;
  }

  /** Each NameNode once, in the order in which the client asks. */
  inTurn(): readonly URL[] {
    return [...this.#all.slice(this.#first), ...this.#all.slice(0, this.#first)];
  }

  /** Takes the first place from a NameNode that did not serve. */
  doubt(nameNode: URL): void {
    if (this.#all[this.#first] === nameNode) this.#first = (this.#first + 1) % this.#all.length;
  }
}
