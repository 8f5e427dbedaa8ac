import {
  type OpWriteBlockValid,
  PipelineAckSchema,
  type PipelineAckValid,
  Status,
} from '../../../sink/hdfs/generated/data-transfer_pb.ts';
import { ChunkChecksum } from '../../../sink/hdfs/transfer/checksum.ts';
import { delimited } from '../../../sink/hdfs/wire/delimited.ts';
import { type BlockPacket, readPacket, shortened } from './block-packet.ts';
import type { FaultyPassage, Passage, PassingAnswer } from './faulty-passage.ts';
import type { PassingRequest } from './hdfs-fault.ts';
import type { HdfsLink } from './hdfs-link.ts';

interface PipelineOptions extends Pick<OpWriteBlockValid, 'minBytesReceived' | 'requestedChecksum'> {
  readonly path: string;
  readonly faults: FaultyPassage;
}

interface Waiting {
  readonly resolve: (ack: PipelineAckValid) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The packets of an open pipeline, and their acknowledgements. Packets stay in order: a packet that
 * is held back or delayed holds up all packets after it.
 */
export class PipelineLink {
  readonly #link: HdfsLink;
  readonly #options: PipelineOptions;
  readonly #checksum: ChunkChecksum;
  readonly #waiting = new Map<bigint, Waiting>();
  /**
   * Where in the block the last packet ended. The next packet may repeat data before this point.
   */
  #end: number;
  #letGo: Promise<void> = Promise.resolve();
  /** Why no more acknowledgements come. */
  #failure: unknown;

  constructor(link: HdfsLink, options: PipelineOptions) {
    this.#link = link;
    this.#options = options;
    this.#checksum = new ChunkChecksum(options.requestedChecksum);
    this.#end = Number(options.minBytesReceived);
  }

  /** @throws when either side has closed its connection */
  async run(): Promise<void> {
    void this.#receive();
    for (;;) {
      const packet = await readPacket(this.#link.fromClient);
      if (packet.data.length === 0) this.#link.toServer(packet.bytes);
      else await this.#pass(packet);
      await this.#letGo;
    }
  }

  async #pass(packet: BlockPacket): Promise<void> {
    const { faults, path } = this.#options;
    const bytes = packet.data.length;
    const to = 'datanode' as const;
    const request = { op: 'APPEND', path, query: new URLSearchParams(), to, asksWhere: false, bytes };
    const fault = faults.faultFor(request);
    const passing = faults.meet(fault, this.#passageOf(packet, request));
    const passed = passing.catch(() => this.#link.endServer());
    if (fault) await passed;
    this.#end = Number(packet.header.offsetInBlock) + bytes;
  }

  #passageOf(packet: BlockPacket, request: PassingRequest): Passage {
    const link = this.#link;
    const { offsetInBlock, sequenceNumber } = packet.header;
    const known = this.#end - Number(offsetInBlock);
    let letGo = () => {};
    return {
      request,
      forward: () => {
        const answer = this.#forward(sequenceNumber, packet.bytes);
        letGo();
        return answer;
      },
      cut: async (atBytes) => {
        const part = shortened(packet, known + atBytes, this.#checksum);
        await this.#forward(sequenceNumber, part).catch(() => undefined);
      },
      leaveHalfOpen: async (atBytes) => {
        await link.lastToServer(packet.bytes.subarray(0, packet.bytes.length - packet.data.length + atBytes));
        return () => link.endServer();
      },
      holdBack: () => {
        link.holdBackEnd();
        this.#letGo = new Promise((resolve) => {
          letGo = resolve;
        });
      },
      breakOff: () => link.breakOff(),
    };
  }

  async #forward(sequence: bigint, bytes: Buffer): Promise<PassingAnswer> {
    if (this.#failure !== undefined) throw this.#failure;
    const ack = await new Promise<PipelineAckValid>((resolve, reject) => {
      this.#waiting.set(sequence, { resolve, reject });
      this.#link.toServer(bytes);
    });
    const applied = ack.replies.every((reply) => reply === Status.SUCCESS);
    return { applied, pass: () => this.#link.toClient(delimited(PipelineAckSchema, ack)) };
  }

  async #receive(): Promise<void> {
    try {
      for (;;) {
        const ack = await this.#link.fromServer.message(PipelineAckSchema);
        const waiting = this.#waiting.get(ack.sequenceNumber);
        this.#waiting.delete(ack.sequenceNumber);
        if (waiting) waiting.resolve(ack);
        else this.#link.toClient(delimited(PipelineAckSchema, ack));
      }
    } catch (error) {
      this.#failure = error;
      for (const { reject } of this.#waiting.values()) reject(error);
    }
  }
}
