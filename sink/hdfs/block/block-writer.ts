import { OpWriteBlock_Stage as Stage } from '../generated/data-transfer_pb.ts';
import type { ExtendedBlockValid } from '../generated/hdfs_pb.ts';
import { encodePacket, type Packet } from '../transfer/packet.ts';
import { PipelineError } from '../transfer/pipeline-error.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import { allocateBlock } from './block-allocation.ts';
import type { BlockOwner, OpenBlock } from './block-owner.ts';
import { rebuildPipeline, survivorsOf } from './block-recovery.ts';

/**
 * The data of a packet and their checksums together have at most this length. Hadoop's
 * `dfs.client-write-packet-size` is 64 KB by default. With longer packets a DataNode needs fewer
 * rounds of its threads for an append of megabytes.
 */
const PACKET_BYTES = 256 * 1024;

/**
 * Writes the last block of a file. When a `write` resolves, every DataNode of the pipeline has it.
 *
 * A DataNode that fails is left out. The block goes on in the other DataNodes under a new
 * generation stamp, which makes the replica of the failed DataNode void. The other DataNodes cut
 * their replicas back to the acknowledged length, so that no data are in the block twice. Any other
 * fault ends the block writer.
 *
 * Calls to the NameNode name the path, never the inode. A file that was renamed no longer belongs
 * to this client.
 */
export class BlockWriter {
  readonly #owner: BlockOwner;
  /** How many DataNodes the block was begun with. */
  readonly #width: number;
  #openBlock: OpenBlock;
  /** How much of the block is acknowledged. */
  #bytes = 0;
  /**
   * The acknowledged data of the last chunk. A checksum covers a whole chunk, so these data are
   * sent again with the data that follow.
   */
  #partialChunk: Buffer = Buffer.alloc(0);
  #sequence = 0;
  #isDestroyed = false;

  private constructor(owner: BlockOwner, open: OpenBlock) {
    this.#owner = owner;
    this.#width = open.located.locations.length;
    this.#openBlock = open;
  }

  /** @param previous the block before this one, if any @throws {HdfsError} */
  static async allocate(owner: BlockOwner, previous?: ExtendedBlockValid): Promise<BlockWriter> {
    return new BlockWriter(owner, await allocateBlock(owner, previous));
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the pipeline still has all DataNodes that the block was begun with. */
  get isWhole(): boolean {
    return this.#openBlock.located.locations.length === this.#width;
  }

  /** When it resolves, the data are durable and visible to every reader. @throws {HdfsError} */
  async write(data: readonly Buffer[]): Promise<void> {
    const packets = this.#packetsOf(new ByteQueue([this.#partialChunk, ...data]));
    await this.#deliver(packets);
    const last = packets.at(-1);
    if (last === undefined) return;
    this.#bytes = last.offset + last.bytes;
    const partialBytes = this.#bytes % this.#owner.checksum.kind.bytesPerChecksum;
    this.#partialChunk = Buffer.from(last.frame.subarray(last.frame.length - partialBytes));
  }

  /** Ends the block. Resolves with its final identity and length. @throws {HdfsError} */
  async finish(): Promise<ExtendedBlockValid> {
    const { checksum, sync } = this.#owner;
    const end = { offset: this.#bytes, sequence: this.#nextSequence(), data: [], last: true, sync };
    try {
      await this.#openBlock.pipeline.send([encodePacket(end, checksum)]);
    } catch (error) {
      await this.#recover(error, Stage.PIPELINE_CLOSE_RECOVERY, []);
    }
    this.#openBlock.pipeline.destroy();
    return this.#block;
  }

  /** Closes the pipeline, also while a write is under way. */
  destroy(): void {
    this.#isDestroyed = true;
    this.#openBlock.pipeline.destroy();
  }

  get #block(): ExtendedBlockValid {
    return { ...this.#openBlock.located.block, bytes: BigInt(this.#bytes) };
  }

  /**
   * Cuts data into packets. Only the last packet asks for a sync, because a DataNode syncs the
   * whole block.
   */
  #packetsOf(rest: ByteQueue): Packet[] {
    const { checksum, sync } = this.#owner;
    const { bytesPerChecksum } = checksum.kind;
    const chunks = Math.max(1, Math.floor(PACKET_BYTES / (bytesPerChecksum + checksum.lengthFor(1))));
    const packets: Packet[] = [];
    let offset = this.#bytes - this.#partialChunk.length;
    while (rest.bytes > 0) {
      const data = rest.take(chunks * bytesPerChecksum);
      const isLast = rest.bytes === 0;
      const sequence = this.#nextSequence();
      const packet = encodePacket({ offset, sequence, data, last: false, sync: sync && isLast }, checksum);
      packets.push(packet);
      offset += packet.bytes;
    }
    return packets;
  }

  #nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence - 1;
  }

  async #deliver(packets: readonly Packet[]): Promise<void> {
    for (let rest = packets; ; ) {
      const { pipeline } = this.#openBlock;
      try {
        return await pipeline.send(rest);
      } catch (error) {
        rest = [...pipeline.unacknowledged];
        await this.#recover(error, Stage.PIPELINE_SETUP_STREAMING_RECOVERY, rest);
      }
    }
  }

  /**
   * Goes on without the DataNode that failed.
   *
   * @param rest the packets to send again
   * @throws `error` where no DataNode failed, or no other DataNode is left
   */
  async #recover(error: unknown, stage: Stage, rest: readonly Packet[]): Promise<void> {
    if (!(error instanceof PipelineError) || this.#isDestroyed) throw error;
    const [first, last] = [rest[0], rest.at(-1)];
    const min = Math.max(this.#bytes, first?.offset ?? 0);
    const max = last === undefined ? min : last.offset + last.bytes;
    const survivors = await survivorsOf(this.#owner, this.#openBlock.located, error);
    if (this.#isDestroyed) throw error;
    this.#openBlock = await rebuildPipeline(this.#owner, survivors, { stage, min, max });
    if (this.#isDestroyed) this.#openBlock.pipeline.destroy();
  }
}
