import { OpWriteBlock_Stage as Stage } from '../generated/data-transfer_pb.ts';
import type { ExtendedBlockValid } from '../generated/hdfs_pb.ts';
import { encodePacket, type Packet } from '../transfer/packet.ts';
import { PipelineError } from '../transfer/pipeline.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import { allocateBlock } from './block-allocation.ts';
import type { BlockOwner, OpenBlock } from './block-owner.ts';
import { rebuildPipeline, survivorsOf } from './block-recovery.ts';

/**
 * A packet's data and their checksums together, at most. `dfs.client-write-packet-size` is 64 KB by default; with more an append
 * of megabytes costs each DataNode fewer rounds of its threads.
 */
const PACKET_BYTES = 256 * 1024;

/**
 * The last block of a file. A `write` that resolves is in every DataNode of the pipeline. One that fails is left out,
 * and the block goes on in the others under a new generation stamp, which makes void what the failed one has; they are cut
 * back to what was acknowledged, so that nothing is in the block twice. Any other fault ends the block writer.
 *
 * Which path it has is asked of the NameNode each time, never the inode: a file that was renamed is not ours any more.
 */
export class BlockWriter {
  readonly #owner: BlockOwner;
  /** DataNodes that it was begun with. */
  readonly #width: number;
  #openBlock: OpenBlock;
  /** Acknowledged. */
  #bytes = 0;
  /** What is in the last chunk. A checksum is one of the whole chunk, so it is sent again with what follows it. */
  #partialChunk: Buffer = Buffer.alloc(0);
  #sequence = 0;
  #isDestroyed = false;

  private constructor(owner: BlockOwner, open: OpenBlock) {
    this.#owner = owner;
    this.#width = open.located.locations.length;
    this.#openBlock = open;
  }

  /** @param previous the block before it, where there is one. @throws {HdfsError} */
  static async allocate(owner: BlockOwner, previous?: ExtendedBlockValid): Promise<BlockWriter> {
    return new BlockWriter(owner, await allocateBlock(owner, previous));
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether every DataNode is still there with which the block was begun. */
  get isWhole(): boolean {
    return this.#openBlock.located.locations.length === this.#width;
  }

  /** Durable, and visible to every reader, once it resolves. @throws {HdfsError} */
  async write(data: readonly Buffer[]): Promise<void> {
    const packets = this.#cut(new ByteQueue([this.#partialChunk, ...data]));
    await this.#deliver(packets);
    const last = packets.at(-1);
    if (last === undefined) return;
    this.#bytes = last.offset + last.bytes;
    const partialBytes = this.#bytes % this.#owner.checksum.kind.bytesPerChecksum;
    this.#partialChunk = Buffer.from(last.frame.subarray(last.frame.length - partialBytes));
  }

  /** Nothing can be written any more. Resolves with the block as it now is. @throws {HdfsError} */
  async finish(): Promise<ExtendedBlockValid> {
    const { checksum, sync } = this.#owner;
    const end = { offset: this.#bytes, sequence: this.#nextSequence(), data: [], last: true, sync };
    try {
      await this.#openBlock.pipeline.send([encodePacket(end, checksum)]);
    } catch (error) {
      await this.#rebuild(error, Stage.PIPELINE_CLOSE_RECOVERY, []);
    }
    this.#openBlock.pipeline.destroy();
    return this.#block;
  }

  /** Lets go, whatever is on its way. */
  destroy(): void {
    this.#isDestroyed = true;
    this.#openBlock.pipeline.destroy();
  }

  get #block(): ExtendedBlockValid {
    return { ...this.#openBlock.located.block, bytes: BigInt(this.#bytes) };
  }

  /** Only the last one need be on a disk for all to be: each DataNode syncs the whole block. */
  #cut(rest: ByteQueue): Packet[] {
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
        await this.#rebuild(error, Stage.PIPELINE_SETUP_STREAMING_RECOVERY, rest);
      }
    }
  }

  /** @param rest what is to be sent again @throws what went wrong, where that was not a DataNode, or one too many */
  async #rebuild(error: unknown, stage: Stage, rest: readonly Packet[]): Promise<void> {
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
