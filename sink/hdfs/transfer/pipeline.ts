import { OpWriteBlockSchema, PipelineAckSchema, Status } from '../generated/data-transfer_pb.ts';
import type { LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { HdfsError, protocolError, timedOut } from '../wire/errors.ts';
import { type Acknowledgement, decodeAck } from './ack.ts';
import type { ChunkChecksum } from './checksum.ts';
import { type DataNodeOptions, OP, type StartedOperation, startOperation } from './data-node.ts';
import { encodePacket, type Packet } from './packet.ts';
import { badReplyError, openingError, PipelineError } from './pipeline-error.ts';
import { type PipelineSetup, writeOperation } from './write-operation.ts';

/**
 * A DataNode gives up a writer after `dfs.client.socket-timeout` of silence, by default a minute.
 */
const HEARTBEAT_MS = 20_000;
/** `DFSPacket.HEART_BEAT_SEQNO`. */
const HEARTBEAT_SEQUENCE = -1;

/**
 * A chain of DataNodes that write one block.
 *
 * The client sends packets to the first DataNode, and each DataNode passes them on to the next.
 * Acknowledgements come back from the last DataNode to the first, in the order of the packets.
 * The first fault ends the pipeline.
 */
export class Pipeline {
  readonly #operation: StartedOperation;
  readonly #name: string;
  readonly #nodes: number;
  readonly #heartbeat: NodeJS.Timeout;
  /** Runs from the last packet that was sent, or from the last acknowledgement. */
  readonly #deadline: NodeJS.Timeout;
  #unacknowledged: Packet[] = [];
  #settle: { readonly resolve: () => void; readonly reject: (error: PipelineError) => void } | undefined;
  #failure: PipelineError | undefined;

  private constructor(
    operation: StartedOperation,
    { block, locations }: LocatedBlockValid,
    checksum: ChunkChecksum,
    timeoutMs: number,
  ) {
    this.#operation = operation;
    this.#name = `block ${block.blockId}`;
    this.#nodes = locations.length;
    this.#heartbeat = setInterval(() => this.#beat(checksum), HEARTBEAT_MS);
    this.#deadline = setTimeout(() => this.#expire(timeoutMs), timeoutMs);
    void this.#receive();
  }

  /**
   * @throws {PipelineError}
   * @throws {HdfsError} where the block has no DataNode, or there is no login for the DataNode
   */
  static async open(
    block: LocatedBlockValid,
    setup: PipelineSetup,
    options: DataNodeOptions,
  ): Promise<Pipeline> {
    const [first] = block.locations;
    if (first === undefined) throw new HdfsError('remote', 'NoDataNode', 'the block has no DataNode');
    // Outside of the `try`: a missing login is no fault of the DataNode.
    const login = await options.loginFor?.(first, block.token);
    try {
      const request = { schema: OpWriteBlockSchema, message: writeOperation(block, setup), login };
      const operation = await startOperation(first, OP.writeBlock, request, options);
      return new Pipeline(operation, block, setup.checksum, options.timeoutMs);
    } catch (error) {
      throw error instanceof HdfsError ? openingError(block, error) : error;
    }
  }

  /** The packets that were sent and not acknowledged, in order. */
  get unacknowledged(): readonly Packet[] {
    return this.#unacknowledged;
  }

  /**
   * Resolves when every DataNode has acknowledged all packets. One call at a time.
   *
   * @throws {PipelineError}
   */
  async send(packets: readonly Packet[]): Promise<void> {
    this.#unacknowledged.push(...packets);
    if (this.#failure) throw this.#failure;
    const acknowledged = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#deadline.refresh();
    for (const { frame } of packets) this.#operation.socket.write(frame);
    return acknowledged;
  }

  /** Closes the connection, also while packets are unacknowledged. */
  destroy(): void {
    this.#fail(0, new HdfsError('closed', 'Closed', `${this.#name}: the pipeline is closed`));
  }

  #beat(checksum: ChunkChecksum): void {
    const empty = { offset: 0, sequence: HEARTBEAT_SEQUENCE, data: [], last: false, sync: false };
    this.#operation.socket.write(encodePacket(empty, checksum).frame);
  }

  #expire(timeoutMs: number): void {
    if (this.#unacknowledged.length > 0)
      this.#fail(undefined, timedOut(`acknowledgement of ${this.#name}`, timeoutMs));
  }

  async #receive(): Promise<void> {
    try {
      for (;;) this.#acknowledge(decodeAck(await this.#operation.reader.delimited(PipelineAckSchema)));
    } catch (error) {
      this.#fail(0, error instanceof HdfsError ? error : protocolError(this.#name, String(error)));
    }
  }

  #acknowledge({ sequence, replies }: Acknowledgement): void {
    const bad = replies.findIndex((status) => status !== Status.SUCCESS);
    if (bad >= this.#nodes || (bad < 0 && replies.length !== this.#nodes)) {
      const counts = `${replies.length} replies of ${this.#nodes} DataNodes`;
      this.#fail(0, protocolError(`${this.#name}: ${counts}`, 'RepliesMissing'));
    } else if (bad >= 0) this.#fail(bad, badReplyError(this.#name, bad, replies[bad] ?? Status.ERROR));
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
    this.#operation.socket.destroy();
    this.#settle?.reject(this.#failure);
    this.#settle = undefined;
  }
}
