import { setTimeout as delay } from 'node:timers/promises';
import type { BlockOwner } from './block/block-owner.ts';
import { BlockWriter } from './block/block-writer.ts';
import type { ExtendedBlockValid } from './generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from './generated/name-node_pb.ts';
import { Lease } from './lease.ts';
import { LengthReport } from './length-report.ts';
import type { OpenedFile } from './opened-file.ts';
import { ByteQueue } from './wire/byte-queue.ts';
import { HdfsError } from './wire/errors.ts';

const { method: nameNode } = ClientNamenodeProtocol;

/** The NameNode hears of a block's replicas from the DataNodes, a moment after the client does. */
const COMPLETE_PAUSE_MS = { first: 2, last: 200 };

/**
 * A file that is open for append: its lease, and its last block. One call at a time.
 *
 * The first call that rejects ends the writer, and all later calls reject with the same error. How
 * much of that call is in the file is known only after a recovery of the lease.
 */
export class FileWriter {
  readonly #owner: BlockOwner;
  readonly #lease: Lease;
  readonly #lengthReport: LengthReport;
  /** The last block that the file had when it was opened. */
  readonly #lastBlock: ExtendedBlockValid | undefined;
  #block: BlockWriter | undefined;
  #end: HdfsError | undefined;

  constructor({ owner, lastBlock }: OpenedFile) {
    const { rpc, path, clientName } = owner;
    this.#owner = owner;
    this.#lastBlock = lastBlock;
    const fail = (error: HdfsError) => this.#fail(error);
    const onRenewed = () => this.#lengthReport.send();
    this.#lease = new Lease({ rpc, path, clientName, onRenewed, onLost: fail });
    this.#lengthReport = new LengthReport(owner, fail);
  }

  /** When it resolves, the data are durable and visible to every reader. @throws {HdfsError} */
  write(...data: readonly Buffer[]): Promise<void> {
    return this.#unlessEnded(async () => {
      const rest = new ByteQueue(data);
      while (rest.bytes > 0) {
        const block = await this.#blockWithRoom();
        await block.write(rest.take(this.#owner.blockBytes - block.bytes));
      }
      this.#lengthReport.postpone();
    });
  }

  /** When it resolves, the file is complete, and nobody has its lease. @throws {HdfsError} */
  async close(): Promise<void> {
    await this.#unlessEnded(async () => {
      const last = await this.#finishBlock();
      await this.#complete(last && { last });
    });
    this.destroy();
  }

  /**
   * Ends the writer at once, also while a call is under way. The file stays open in the NameNode
   * until a client recovers its lease.
   */
  destroy(): void {
    this.#fail(new HdfsError('closed', 'Closed', `${this.#owner.path} is closed`));
  }

  /**
   * The present block, or a new one where the present block is full or has lost a DataNode. A new
   * block has all of its replicas, and the NameNode replicates the block before it.
   */
  async #blockWithRoom(): Promise<BlockWriter> {
    const present = this.#block;
    if (present?.isWhole && present.bytes < this.#owner.blockBytes) return present;
    const block = await BlockWriter.allocate(this.#owner, await this.#finishBlock());
    this.#block = block;
    this.#lengthReport.begin(block);
    if (!this.#end) return block;
    block.destroy();
    throw this.#end;
  }

  async #finishBlock(): Promise<ExtendedBlockValid | undefined> {
    const block = this.#block;
    if (block === undefined) return this.#lastBlock;
    await this.#lengthReport.finish();
    return block.finish();
  }

  async #complete(last: object | undefined): Promise<void> {
    const { rpc, path, clientName, timeoutMs } = this.#owner;
    const untilMs = performance.now() + timeoutMs;
    for (let pauseMs = COMPLETE_PAUSE_MS.first; ; pauseMs = Math.min(2 * pauseMs, COMPLETE_PAUSE_MS.last)) {
      const { result } = await rpc.call(nameNode.complete, { source: path, clientName, ...last });
      if (result) return;
      if (this.#end) throw this.#end;
      if (performance.now() > untilMs) {
        const message = `${path}: the last block has too few replicas to be complete`;
        throw new HdfsError('remote', 'NotReplicated', message);
      }
      await delay(pauseMs);
    }
  }

  async #unlessEnded(work: () => Promise<void>): Promise<void> {
    if (this.#end) throw this.#end;
    try {
      await work();
    } catch (error) {
      if (error instanceof HdfsError) this.#fail(error);
      throw this.#end ?? error;
    }
  }

  #fail(error: HdfsError): void {
    this.#end ??= error;
    this.#lease.end();
    this.#lengthReport.stop();
    this.#block?.destroy();
  }
}
