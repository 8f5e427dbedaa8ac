import type { BlockOwner } from './block/block-owner.ts';
import type { BlockWriter } from './block/block-writer.ts';
import { ClientNamenodeProtocol } from './generated/name-node_pb.ts';
import { HdfsError } from './wire/errors.ts';

const { method: nameNode } = ClientNamenodeProtocol;

/** The NameNode hears the length of the file this long after the last write. */
const IDLE_MS = 1_000;

/**
 * Tells the NameNode the length of the last block, which is under construction.
 *
 * The NameNode does not know this length otherwise, and lists the file by the length it was told.
 * A report is sent a second after the last write, and with each renewal of the lease.
 */
export class LengthReport {
  readonly #owner: BlockOwner;
  readonly #onFailure: (error: HdfsError) => void;
  /** Restarts at each write. */
  readonly #idle: NodeJS.Timeout;
  #block: BlockWriter | undefined;
  /** The last reported length of the block; undefined before its first report. */
  #reportedBytes: number | undefined;
  #underWay: Promise<void> = Promise.resolve();

  /** @param onFailure called where the NameNode may still apply a report later */
  constructor(owner: BlockOwner, onFailure: (error: HdfsError) => void) {
    this.#owner = owner;
    this.#onFailure = onFailure;
    this.#idle = setTimeout(() => this.send(), IDLE_MS);
  }

  /** From now on reports are of this block. */
  begin(block: BlockWriter): void {
    this.#block = block;
    this.#reportedBytes = undefined;
  }

  /** A write has ended: the report is due a second from now. */
  postpone(): void {
    this.#idle.refresh();
  }

  /** Resolves when the NameNode has answered, or has nothing new to hear. It never rejects. */
  send(): Promise<void> {
    const { rpc, path: source, clientName: client } = this.#owner;
    const bytes = this.#block?.bytes;
    if (bytes === undefined || bytes === this.#reportedBytes) return this.#underWay;
    const asked = rpc.callOnce(nameNode.fsync, { source, client, lastBlockLength: BigInt(bytes) });
    this.#reportedBytes = bytes;
    this.#underWay = asked.then(ignore, (error) => {
      // A report that arrives late would cut a block which is complete by then.
      if (error instanceof HdfsError && error.kind !== 'remote') this.#onFailure(error);
    });
    return this.#underWay;
  }

  /** Ends the reports of the present block. Resolves when no report is under way. */
  finish(): Promise<void> {
    this.#block = undefined;
    return this.#underWay;
  }

  stop(): void {
    clearTimeout(this.#idle);
  }
}

const ignore = (): void => undefined;
