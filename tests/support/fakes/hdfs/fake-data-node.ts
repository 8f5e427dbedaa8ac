import type { Socket } from 'node:net';
import { fromBinary } from '@bufbuild/protobuf';
import {
  OpReadBlockSchema,
  OpWriteBlockSchema,
  PacketHeaderSchema,
  Status,
} from '../../../../sink/hdfs/generated/data-transfer_pb.ts';
import { Incoming } from './incoming.ts';
import { LoopbackServer } from './loopback-server.ts';
import type { Replicas } from './replicas.ts';
import type { ReadOperation, SeenPacket, WriteOperation } from './seen-operation.ts';
import {
  acknowledgement,
  BYTES_PER_CHECKSUM,
  packet,
  readResponse,
  response,
  sumsOf,
} from './transfer-bytes.ts';

/** Replaces the answers of a healthy DataNode. Undefined means no answer. */
export interface DataNodeScript {
  readonly setUp?: (operation: WriteOperation, socket: Socket) => Buffer | undefined;
  readonly acknowledge?: (
    packet: SeenPacket,
    operation: WriteOperation,
    socket: Socket,
  ) => Buffer | undefined;
  readonly read?: (operation: ReadOperation, block: Buffer, socket: Socket) => Buffer | undefined;
}

const OP = { write: 80, read: 81 };

/**
 * Speaks the data-transfer protocol as the first DataNode of a pipeline. It does not contact the
 * DataNodes behind it.
 */
export class FakeDataNode {
  script: DataNodeScript = {};
  readonly writes: WriteOperation[] = [];
  readonly reads: ReadOperation[] = [];
  readonly packets: SeenPacket[] = [];
  /** Faults in the packets that the client sent. */
  readonly complaints: string[] = [];
  readonly #replicas: Replicas;
  #server: LoopbackServer | undefined;

  private constructor(replicas: Replicas) {
    this.#replicas = replicas;
  }

  static async start(replicas: Replicas): Promise<FakeDataNode> {
    const dataNode = new FakeDataNode(replicas);
    dataNode.#server = await LoopbackServer.start((socket) => void dataNode.#serve(socket));
    return dataNode;
  }

  get server(): LoopbackServer {
    if (!this.#server) throw new Error('not started');
    return this.#server;
  }

  /** This DataNode in the words of a NameNode. */
  get info() {
    const { host: ipAddress, port: transferPort } = this.server.endpoint;
    const ports = { transferPort, infoPort: 1, ipcPort: 2 };
    return { id: { ipAddress, hostName: 'localhost', uuid: `node-${transferPort}`, ...ports } };
  }

  async #serve(socket: Socket): Promise<void> {
    const incoming = new Incoming(socket);
    const op = (await incoming.take(3))?.[2];
    if (op === OP.write) await this.#write(socket, incoming);
    if (op === OP.read) await this.#read(socket, incoming);
    socket.end();
  }

  async #read(socket: Socket, incoming: Incoming): Promise<void> {
    const operation = await incoming.message(OpReadBlockSchema);
    if (!operation) return;
    this.reads.push(operation);
    const block = this.#replicas.of(operation.header?.base?.block?.blockId ?? 0n);
    const answer = (this.script.read ?? goodRead)(operation, block, socket);
    if (answer) socket.write(answer);
    await incoming.take(2);
  }

  async #write(socket: Socket, incoming: Incoming): Promise<void> {
    const operation = await incoming.message(OpWriteBlockSchema);
    if (!operation) return;
    this.writes.push(operation);
    const answer = (this.script.setUp ?? (() => response()))(operation, socket);
    if (answer) socket.write(answer);
    this.#replicas.begin(operation);
    for (;;) {
      const seen = await this.#packet(incoming);
      if (!seen) return;
      this.packets.push(seen);
      const complaint = this.#replicas.add(operation, seen);
      if (complaint) this.complaints.push(complaint);
      const acknowledge = this.script.acknowledge ?? goodAcknowledgement;
      const bytes = acknowledge(seen, operation, socket);
      if (bytes && !socket.destroyed) socket.write(bytes);
    }
  }

  async #packet(incoming: Incoming): Promise<SeenPacket | undefined> {
    const lengths = await incoming.take(6);
    const header = lengths && (await incoming.take(lengths.readUInt16BE(4)));
    const body = lengths && (await incoming.take(lengths.readUInt32BE(0) - 4));
    if (!header || !body) return undefined;
    const fields = fromBinary(PacketHeaderSchema, header);
    const data = body.subarray(body.length - fields.dataLength);
    const sums = body.subarray(0, body.length - fields.dataLength);
    if (!sums.equals(sumsOf(data))) this.complaints.push(`checksums of packet ${fields.sequenceNumber}`);
    return {
      sequence: Number(fields.sequenceNumber),
      offset: Number(fields.offsetInBlock),
      data: Buffer.from(data),
      last: fields.lastPacketInBlock,
      sync: fields.syncBlock,
    };
  }
}

export function goodAcknowledgement({ sequence }: SeenPacket, { pipelineSize }: WriteOperation): Buffer {
  return acknowledgement(sequence, new Array(pipelineSize).fill(Status.SUCCESS));
}

/**
 * The answer of a healthy DataNode: the chunks that contain the range, in packets of two chunks,
 * then an empty packet.
 */
export function goodRead({ offset, length }: ReadOperation, block: Buffer): Buffer {
  const begin = Number(offset) - (Number(offset) % BYTES_PER_CHECKSUM);
  const end = Math.ceil(Number(offset + length) / BYTES_PER_CHECKSUM) * BYTES_PER_CHECKSUM;
  const parts = [readResponse(begin)];
  let sequence = 0;
  for (let at = begin; at < Math.min(end, block.length); at += 2 * BYTES_PER_CHECKSUM, sequence += 1) {
    const data = block.subarray(at, Math.min(end, at + 2 * BYTES_PER_CHECKSUM));
    parts.push(packet({ offset: at, sequence, data }));
  }
  return Buffer.concat([...parts, packet({ offset: Math.min(end, block.length), sequence, last: true })]);
}
