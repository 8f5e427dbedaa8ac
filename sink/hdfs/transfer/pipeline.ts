import {
  type OpWriteBlock_Stage,
  OpWriteBlockSchema,
  PipelineAckSchema,
  Status,
} from '../generated/data-transfer_pb.ts';
import type { LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { HdfsError, protocolError, timedOut } from '../wire/errors.ts';
import { type Acknowledgement, decodeAck } from './ack.ts';
import type { ChunkChecksum } from './checksum.ts';
import { ask, type Conversation, type DataNodeOptions, OP, RefusedError, statusName } from './data-node.ts';
import { encodePacket, type Packet } from './packet.ts';

/** DataNodes take a writer for dead that is silent for `dfs.client.socket-timeout`, a minute by default. */
const HEARTBEAT_MS = 20_000;
/** `DFSPacket.HEART_BEAT_SEQNO`. */
const HEARTBEAT_SEQUENCE = -1;

export interface PipelineSetup {
  readonly clientName: string;
  /** The most the block is going to have: DataNodes choose a disk with room for it. */
  readonly blockBytes: number;
  readonly stage: OpWriteBlock_Stage;
  /** What the block will carry once the pipeline stands. */
  readonly generationStamp: bigint;
  /** What was acknowledged of the block, and what was sent. */
  readonly bytes: { readonly min: number; readonly max: number };
  readonly checksum: ChunkChecksum;
}

/** A pipeline that broke, and where. */
export class PipelineError extends HdfsError {
  /**
   * Index of the DataNode that is to blame: the nearest, where nobody knows better. Nobody, where it took too long: each of
   * them may be the one that hangs, and waits for the next one longer than we do. Then all are asked: see blame.ts.
   */
  readonly badNode: number | undefined;

  constructor(badNode: number | undefined, { kind, reason, message }: HdfsError, options?: ErrorOptions) {
    super(kind, reason, message, options);
    this.badNode = badNode;
  }
}

/**
 * A chain of DataNodes that write one block: what is sent to the first is passed on by each, and acknowledged from the last
 * one back. Packets are acknowledged in the order in which they were sent; the first fault ends it.
 */
export class Pipeline {
  readonly #conversation: Conversation;
  readonly #name: string;
  readonly #nodes: number;
  readonly #heartbeat: NodeJS.Timeout;
  /** Since a packet was sent, or one was acknowledged. */
  readonly #deadline: NodeJS.Timeout;
  #unacknowledged: Packet[] = [];
  #settle: { readonly resolve: () => void; readonly reject: (error: PipelineError) => void } | undefined;
  #failure: PipelineError | undefined;

  private constructor(
    conversation: Conversation,
    { block, locations }: LocatedBlockValid,
    checksum: ChunkChecksum,
    timeoutMs: number,
  ) {
    this.#conversation = conversation;
    this.#name = `block ${block.blockId}`;
    this.#nodes = locations.length;
    this.#heartbeat = setInterval(() => this.#beat(checksum), HEARTBEAT_MS);
    this.#deadline = setTimeout(() => this.#expire(timeoutMs), timeoutMs);
    void this.#receive();
  }

  /** @throws {PipelineError} */
  static async open(
    block: LocatedBlockValid,
    { clientName, blockBytes, stage, generationStamp, bytes, checksum }: PipelineSetup,
    options: DataNodeOptions,
  ): Promise<Pipeline> {
    const [first, ...targets] = block.locations;
    if (first === undefined) throw new HdfsError('remote', 'NoDataNode', 'the block has no DataNode');
    const [storageType, ...targetStorageTypes] = block.storageTypes;
    const [storageId, ...targetStorageIds] = block.storageIds;
    const message = {
      header: {
        base: { block: { ...block.block, bytes: BigInt(blockBytes) }, token: block.token },
        clientName,
      },
      targets,
      stage,
      pipelineSize: block.locations.length,
      minBytesReceived: BigInt(bytes.min),
      maxBytesReceived: BigInt(bytes.max),
      latestGenerationStamp: generationStamp,
      requestedChecksum: checksum.kind,
      ...(storageType !== undefined && { storageType }),
      targetStorageTypes,
      ...(storageId !== undefined && { storageId }),
      targetStorageIds,
    };
    // Not the DataNode's fault, if that fails.
    const login = await options.loginFor?.(first, block.token);
    try {
      const request = { schema: OpWriteBlockSchema, message, login };
      const conversation = await ask(first, OP.writeBlock, request, options);
      return new Pipeline(conversation, block, checksum, options.timeoutMs);
    } catch (error) {
      if (!(error instanceof HdfsError)) throw error;
      throw new PipelineError(badNodeOf(block, error), error, { cause: error });
    }
  }

  /** What was sent and not acknowledged, in order. */
  get unacknowledged(): readonly Packet[] {
    return this.#unacknowledged;
  }

  /** Resolves once all of them are acknowledged by every DataNode. One call at a time. @throws {PipelineError} */
  async send(packets: readonly Packet[]): Promise<void> {
    this.#unacknowledged.push(...packets);
    if (this.#failure) throw this.#failure;
    const acknowledged = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#deadline.refresh();
    for (const { frame } of packets) this.#conversation.socket.write(frame);
    return acknowledged;
  }

  /** Lets go, whatever is on its way. */
  destroy(): void {
    this.#fail(0, new HdfsError('closed', 'Closed', `${this.#name}: the pipeline is closed`));
  }

  #beat(checksum: ChunkChecksum): void {
    const empty = { offset: 0, sequence: HEARTBEAT_SEQUENCE, data: [], last: false, sync: false };
    this.#conversation.socket.write(encodePacket(empty, checksum).frame);
  }

  #expire(timeoutMs: number): void {
    if (this.#unacknowledged.length > 0)
      this.#fail(undefined, timedOut(`acknowledgement of ${this.#name}`, timeoutMs));
  }

  async #receive(): Promise<void> {
    try {
      for (;;) this.#acknowledge(decodeAck(await this.#conversation.reader.delimited(PipelineAckSchema)));
    } catch (error) {
      this.#fail(0, error instanceof HdfsError ? error : protocolError(this.#name, String(error)));
    }
  }

  #acknowledge({ sequence, replies }: Acknowledgement): void {
    const bad = replies.findIndex((status) => status !== Status.SUCCESS);
    if (bad >= this.#nodes || (bad < 0 && replies.length !== this.#nodes)) {
      this.#fail(
        0,
        protocolError(
          `${this.#name}: ${replies.length} replies of ${this.#nodes} DataNodes`,
          'RepliesMissing',
        ),
      );
    } else if (bad >= 0) this.#fail(bad, badNodeError(this.#name, bad, replies[bad] ?? Status.ERROR));
    else if (sequence === HEARTBEAT_SEQUENCE) return;
    else if (this.#unacknowledged[0]?.sequence === sequence) this.#advance();
    else this.#fail(0, protocolError(`${this.#name}: acknowledgement of ${sequence}`, 'OutOfOrder'));
  }

  #advance(): void {
    this.#unacknowledged.shift();
    this.#deadline.refresh();
    if (this.#unacknowledged.length > 0) return;
    this.#settle?.resolve();
    this.#settle = undefined;
  }

  #fail(badNode: number | undefined, error: HdfsError): void {
    if (this.#failure) return;
    this.#failure = new PipelineError(badNode, error, { cause: error });
    clearInterval(this.#heartbeat);
    clearTimeout(this.#deadline);
    this.#conversation.socket.destroy();
    this.#settle?.reject(this.#failure);
    this.#settle = undefined;
  }
}

function badNodeError(name: string, badNode: number, status: Status): HdfsError {
  const reason = statusName(status);
  return new HdfsError('remote', reason, `${name}: DataNode ${badNode} of the pipeline says ${reason}`);
}

function badNodeOf({ locations }: LocatedBlockValid, error: HdfsError): number | undefined {
  if (error.reason === 'ETIMEDOUT') return undefined;
  if (!(error instanceof RefusedError) || error.firstBadLink === '') return 0;
  const index = locations.findIndex((node) => {
    const { id } = node;
    return [id.ipAddress, id.hostName].some((host) => `${host}:${id.transferPort}` === error.firstBadLink);
  });
  return Math.max(0, index);
}
