import { setTimeout as delay } from 'node:timers/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { HdfsError } from '../errors.ts';
import { OpWriteBlock_Stage as Stage } from '../generated/data-transfer_pb.ts';
import type { DatanodeInfoValid, ExtendedBlockValid, LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from '../generated/name-node_pb.ts';
import type { RpcClient } from '../rpc/client.ts';
import { Pieces } from '../wire/pieces.ts';
import type { ChunkChecksum } from './checksum.ts';
import type { DataNodeOptions } from './data-node.ts';
import { encodePacket, type Packet } from './packet.ts';
import { Pipeline, PipelineError } from './pipeline.ts';

const { method: nameNode } = ClientNamenodeProtocol;

/** Whose block it is, and how it is written. */
export interface BlockOwner extends DataNodeOptions {
  readonly rpc: RpcClient;
  readonly path: string;
  /** Holds the lease of the path. */
  readonly clientName: string;
  readonly checksum: ChunkChecksum;
  /** Whether what is acknowledged is on the DataNodes' disks, and not in their memory: hsync in place of hflush. */
  readonly sync: boolean;
}

/** A block and the pipeline that writes it, through the DataNodes that the block names. */
interface Standing {
  readonly located: LocatedBlockValid;
  readonly pipeline: Pipeline;
}

/** `dfs.client.block.write.retries`: so often other DataNodes are asked for. */
const ALLOCATION_ATTEMPTS = 4;
const ALLOCATION_PAUSE_MS = 20;
/** A packet's data and their checksums together. `dfs.client-write-packet-size`. */
const PACKET_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * The last block of a file. A `write` that resolves is in every DataNode of the pipeline. One that fails is left out,
 * and the block goes on in the others under a new generation stamp, which makes void what the failed one has; they are cut
 * back to what was acknowledged, so that nothing is in the block twice. Any other fault ends the block writer.
 *
 * Which path it has is asked of the NameNode each time, never the inode: a file that was renamed is not ours any more.
 */
export class BlockWriter {
  readonly #owner: BlockOwner;
  #standing: Standing;
  /** Acknowledged. */
  #bytes: number;
  /** What is in the last chunk. A checksum is one of the whole chunk, so it is sent again with what follows it. */
  #partialChunk: Buffer;
  #sequence = 0;
  #isDestroyed = false;

  private constructor(owner: BlockOwner, standing: Standing, bytes: number, partialChunk: Buffer) {
    this.#owner = owner;
    this.#standing = standing;
    this.#bytes = bytes;
    this.#partialChunk = partialChunk;
  }

  /** A new block, without the DataNodes that do not answer. @throws {HdfsError} */
  static async allocate(owner: BlockOwner, previous?: ExtendedBlockValid): Promise<BlockWriter> {
    const { rpc, path, clientName } = owner;
    const excludeNodes: DatanodeInfoValid[] = [];
    let failure: PipelineError | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const request = { source: path, clientName, excludeNodes, ...(previous && { previous }) };
      const asked = another(owner, request);
      const located = await asked.catch((error) => Promise.reject(because(error, failure)));
      try {
        const pipeline = await Pipeline.open(
          located,
          setup(owner, located, Stage.PIPELINE_SETUP_CREATE),
          owner,
        );
        return new BlockWriter(owner, { located, pipeline }, 0, NOTHING);
      } catch (error) {
        if (!(error instanceof PipelineError)) throw error;
        await rpc.call(nameNode.abandonBlock, { block: located.block, source: path, holder: clientName });
        const bad = located.locations[error.badNode];
        if (attempt === ALLOCATION_ATTEMPTS || bad === undefined) throw error;
        excludeNodes.push(bad);
        failure = error;
      }
    }
  }

  /**
   * A block that has room still, of a file opened for appending.
   * @param partialChunk what is in its last chunk, if that is not full
   * @throws {HdfsError}
   */
  static async reopen(
    owner: BlockOwner,
    located: LocatedBlockValid,
    partialChunk: Buffer,
  ): Promise<BlockWriter> {
    const bytes = Number(located.block.bytes);
    const standing = await standUp(owner, located, {
      stage: Stage.PIPELINE_SETUP_APPEND,
      min: bytes,
      max: bytes,
    });
    return new BlockWriter(owner, standing, bytes, partialChunk);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Durable, and visible to every reader, once it resolves. @throws {HdfsError} */
  async write(data: readonly Buffer[]): Promise<void> {
    const packets = this.#cut(new Pieces([this.#partialChunk, ...data]));
    await this.#deliver(packets);
    const last = packets.at(-1);
    if (last === undefined) return;
    this.#bytes = last.offset + last.bytes;
    const partialBytes = this.#bytes % this.#owner.checksum.kind.bytesPerChecksum;
    this.#partialChunk = Buffer.from(last.frame.subarray(last.frame.length - partialBytes));
  }

  /** Nothing can be written any more. Resolves with the block as it now is. @throws {HdfsError} */
  async finish(): Promise<ExtendedBlockValid> {
    const { pipeline } = this.#standing;
    const { checksum, sync } = this.#owner;
    const end = { offset: this.#bytes, sequence: this.#nextSequence(), data: [], last: true, sync };
    await pipeline.send([encodePacket(end, checksum)]);
    pipeline.destroy();
    return this.#block;
  }

  /** Lets go, whatever is on its way. */
  destroy(): void {
    this.#isDestroyed = true;
    this.#standing.pipeline.destroy();
  }

  get #block(): ExtendedBlockValid {
    return { ...this.#standing.located.block, bytes: BigInt(this.#bytes) };
  }

  /** Only the last one need be on a disk for all to be: each DataNode syncs the whole block. */
  #cut(rest: Pieces): Packet[] {
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
      try {
        return await this.#standing.pipeline.send(rest);
      } catch (error) {
        if (!(error instanceof PipelineError) || this.#isDestroyed) throw error;
        rest = [...this.#standing.pipeline.unacknowledged];
        await this.#recover(error, rest);
      }
    }
  }

  async #recover(error: PipelineError, rest: readonly Packet[]): Promise<void> {
    const [first, last] = [rest[0], rest.at(-1)];
    const min = Math.max(this.#bytes, first?.offset ?? 0);
    const max = last === undefined ? min : last.offset + last.bytes;
    const survivors = without(this.#standing.located, error);
    const stage = Stage.PIPELINE_SETUP_STREAMING_RECOVERY;
    this.#standing = await standUp(this.#owner, survivors, { stage, min, max });
    if (this.#isDestroyed) this.#standing.pipeline.destroy();
  }
}

/** The NameNode hears of a block's replicas from the DataNodes, and adds none until it knows all but the last block complete. */
async function another(
  { rpc, timeoutMs }: BlockOwner,
  request: MessageInitShape<typeof nameNode.addBlock.input>,
): Promise<LocatedBlockValid> {
  const untilMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return (await rpc.call(nameNode.addBlock, request)).block;
    } catch (error) {
      const isTooEarly = error instanceof HdfsError && error.reason === 'NotReplicatedYetException';
      if (!isTooEarly || performance.now() > untilMs) throw error;
    }
    await delay(ALLOCATION_PAUSE_MS);
  }
}

/** The NameNode only says that no DataNode is left, not what the others said. */
function because(error: unknown, failure: PipelineError | undefined): unknown {
  if (failure === undefined || !(error instanceof HdfsError)) return error;
  return new HdfsError(error.kind, error.reason, `${error.message} (${failure.message})`, { cause: failure });
}

interface Progress {
  readonly stage: Stage;
  /** Acknowledged, and sent: bytes of the block. */
  readonly min: number;
  readonly max: number;
}

/**
 * Builds the pipeline of a block that was begun, through as many of its DataNodes as answer, under a new generation stamp.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-hdfs-project/hadoop-hdfs-client/src/main/java/org/apache/hadoop/hdfs/DataStreamer.java
 */
async function standUp(owner: BlockOwner, begun: LocatedBlockValid, progress: Progress): Promise<Standing> {
  const { rpc, clientName } = owner;
  let { stage } = progress;
  for (let located = begun; ; ) {
    const { block: renewed } = await rpc.call(nameNode.updateBlockForPipeline, {
      block: located.block,
      clientName,
    });
    const { generationStamp } = renewed.block;
    try {
      const candidate = { ...located, token: renewed.token };
      const how = { ...setup(owner, renewed, stage), bytes: { min: progress.min, max: progress.max } };
      const pipeline = await Pipeline.open(candidate, how, owner);
      const block = { ...located.block, generationStamp, bytes: BigInt(progress.min) };
      await announce(owner, located, block).catch((error: unknown) => {
        pipeline.destroy();
        throw error;
      });
      return { located: { ...candidate, block }, pipeline };
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      located = without(located, error);
      if (stage === Stage.PIPELINE_SETUP_APPEND) stage = Stage.PIPELINE_SETUP_APPEND_RECOVERY;
    }
  }
}

/** Replicas of the generation before are void from here on. @throws {HdfsError} */
async function announce(
  { rpc, clientName }: BlockOwner,
  { block: oldBlock, locations, storageIds }: LocatedBlockValid,
  newBlock: ExtendedBlockValid,
): Promise<void> {
  const newNodes = locations.map(({ id }) => id);
  await rpc.call(nameNode.updatePipeline, { clientName, oldBlock, newBlock, newNodes, storageIds });
}

function setup({ clientName, checksum }: BlockOwner, { block }: LocatedBlockValid, stage: Stage) {
  return { clientName, checksum, stage, generationStamp: block.generationStamp, bytes: { min: 0, max: 0 } };
}

/** @throws {PipelineError} where no DataNode is left */
function without(located: LocatedBlockValid, error: PipelineError): LocatedBlockValid {
  if (located.locations.length <= 1) throw error;
  const others = <Item>(all: readonly Item[]) => all.filter((_, index) => index !== error.badNode);
  return {
    ...located,
    locations: others(located.locations),
    storageIds: others(located.storageIds),
    storageTypes: others(located.storageTypes),
  };
}
