import {
  BlockOpResponseSchema,
  type BlockOpResponseValid,
  ClientReadStatusSchema,
  OpReadBlockSchema,
  OpWriteBlockSchema,
  type OpWriteBlockValid,
  Status,
} from '../../../sink/hdfs/generated/data-transfer_pb.ts';
import { OP } from '../../../sink/hdfs/transfer/data-node.ts';
import { delimited } from '../../../sink/hdfs/wire/delimited.ts';
import { readPacket } from './block-packet.ts';
import type { Passage, PassingAnswer } from './faulty-passage.ts';
import type { PassingRequest } from './hdfs-fault.ts';
import type { HdfsLink } from './hdfs-link.ts';
import type { ProxyMemory } from './name-node-link.ts';
import { PipelineLink } from './pipeline-link.ts';

/** Two bytes of the protocol's version, and one of the operation. */
const HEAD_BYTES = 3;

/** A sink's connection to a DataNode. It carries one operation and its packets. */
export class DataNodeLink {
  readonly #link: HdfsLink;
  readonly #memory: ProxyMemory;

  constructor(link: HdfsLink, memory: ProxyMemory) {
    this.#link = link;
    this.#memory = memory;
  }

  /** @throws when either side has closed its connection */
  async run(): Promise<void> {
    const head = await this.#link.fromClient.read(HEAD_BYTES);
    switch (head[2]) {
      case OP.writeBlock:
        return this.#write(head);
      case OP.readBlock:
        return this.#read(head);
      default:
        throw new Error(`no operation has the number ${head[2]}`);
    }
  }

  async #read(head: Buffer): Promise<void> {
    const message = await this.#link.fromClient.message(OpReadBlockSchema);
    const operation = Buffer.concat([head, delimited(OpReadBlockSchema, message)]);
    const request = this.#request('OPEN', message.header.base.block.blockId, Number(message.length));
    await this.#meet(request, operation, (response) => {
      this.#link.toClient(delimited(BlockOpResponseSchema, response));
      if (response.status === Status.SUCCESS) this.#passData().catch(() => this.#link.endServer());
    });
  }

  /** Passes on the packets up to the last, and the client's confirmation. */
  async #passData(): Promise<void> {
    const { fromClient, fromServer } = this.#link;
    for (let isLast = false; !isLast; ) {
      const packet = await readPacket(fromServer);
      this.#link.toClient(packet.bytes);
      isLast = packet.header.lastPacketInBlock;
    }
    this.#link.toServer(delimited(ClientReadStatusSchema, await fromClient.message(ClientReadStatusSchema)));
  }

  async #write(head: Buffer): Promise<void> {
    const message = await this.#link.fromClient.message(OpWriteBlockSchema);
    this.#memory.doors.hide(OpWriteBlockSchema, message);
    const operation = Buffer.concat([head, delimited(OpWriteBlockSchema, message)]);
    const request = this.#request('writeBlock', message.header.base.block.blockId, 0);
    await this.#meet(request, operation, (response) => this.#begin(message, request.path, response));
  }

  #begin(message: OpWriteBlockValid, path: string, response: BlockOpResponseValid): void {
    this.#link.toClient(delimited(BlockOpResponseSchema, response));
    if (response.status !== Status.SUCCESS) return;
    const pipeline = new PipelineLink(this.#link, { ...message, path, faults: this.#memory.faults });
    pipeline.run().catch(() => this.#link.endServer());
  }

  #request(op: string, blockId: bigint, bytes: number): PassingRequest {
    const path = this.#memory.paths.get(blockId) ?? '';
    return { op, path, query: new URLSearchParams(), to: 'datanode', asksWhere: false, bytes };
  }

  #meet(
    request: PassingRequest,
    operation: Buffer,
    pass: (response: BlockOpResponseValid) => void,
  ): Promise<void> {
    const link = this.#link;
    const forward = async (): Promise<PassingAnswer> => {
      link.toServer(operation);
      const response = await link.fromServer.message(BlockOpResponseSchema);
      response.firstBadLink = await this.#memory.doors.shownAddress(response.firstBadLink);
      return { applied: response.status === Status.SUCCESS, pass: () => pass(response) };
    };
    const part = (bytes: number) => link.lastToServer(operation.subarray(0, bytes));
    const passage: Passage = {
      request,
      forward,
      cut: part,
      leaveHalfOpen: async (bytes) => {
        await part(bytes);
        return () => link.endServer();
      },
      holdBack: () => link.holdBackEnd(),
      breakOff: () => link.breakOff(),
    };
    const { faults } = this.#memory;
    return faults.meet(faults.faultFor(request), passage);
  }
}
