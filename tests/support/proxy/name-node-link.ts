import type { MessageShape } from '@bufbuild/protobuf';
import { LocatedBlockSchema } from '../../../sink/hdfs/generated/hdfs_pb.ts';
import { RpcResponseHeader_Status } from '../../../sink/hdfs/generated/rpc_pb.ts';
import { delimited } from '../../../sink/hdfs/wire/delimited.ts';
import type { DataNodeDoors } from './data-node-doors.ts';
import type { FaultyPassage, Passage, PassingAnswer } from './faulty-passage.ts';
import type { PassingRequest } from './hdfs-fault.ts';
import type { HdfsLink } from './hdfs-link.ts';
import { messagesIn } from './messages-in.ts';
import {
  callFrame,
  frameOf,
  PREAMBLE_BYTES,
  type RpcAnswer,
  type RpcCall,
  readAnswer,
  readCall,
  readFrame,
  readMessage,
} from './rpc-frame.ts';

/** The state that all links of a proxy share. */
export interface ProxyMemory {
  readonly faults: FaultyPassage;
  readonly doors: DataNodeDoors;
  /** The calls without an answer, by client id and call id. A repetition is the same request. */
  readonly calls: Map<string, PassingRequest>;
  /** The path of each block, from the last call that named both. */
  readonly paths: Map<bigint, string>;
}

interface Waiting {
  readonly resolve: (answer: RpcAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** The names that WebHDFS has for calls. */
const OPERATIONS: Readonly<Record<string, string>> = {
  create: 'CREATE',
  rename2: 'RENAME',
  mkdirs: 'MKDIRS',
  truncate: 'TRUNCATE',
  delete: 'DELETE',
  getListing: 'LISTSTATUS',
  getFileInfo: 'GETFILESTATUS',
};

/** A sink's connection to a NameNode. Faults of the connection end all calls on it. */
export class NameNodeLink {
  readonly #link: HdfsLink;
  readonly #memory: ProxyMemory;
  readonly #waiting = new Map<number, Waiting>();
  /** Why no more answers come. */
  #failure: unknown;

  constructor(link: HdfsLink, memory: ProxyMemory) {
    this.#link = link;
    this.#memory = memory;
  }

  /** @throws when either side has closed its connection */
  async run(): Promise<void> {
    const { fromClient } = this.#link;
    this.#link.toServer(await fromClient.read(PREAMBLE_BYTES));
    void this.#receive();
    for (;;) {
      const frame = await readFrame(fromClient);
      const call = readCall(frame);
      if (call === undefined) this.#link.toServer(frameOf(frame));
      else this.#pass(call);
    }
  }

  /**
   * Passes on a call. It does not wait for calls before it, as the NameNode serves them at once.
   */
  #pass(call: RpcCall): void {
    const { faults, doors, calls } = this.#memory;
    doors.hide(call.method.input, call.request);
    const id = `${Buffer.from(call.header.clientId).toString('hex')} ${call.header.callId}`;
    const request = calls.get(id) ?? requestOf(call);
    calls.set(id, request);
    const passage = this.#passageOf(call, request, () => calls.delete(id));
    faults.meet(faults.faultFor(request), passage).catch(() => this.#link.breakOff());
  }

  #passageOf(call: RpcCall, request: PassingRequest, onAnswered: () => void): Passage {
    const link = this.#link;
    const part = (bytes: number) => link.lastToServer(callFrame(call).subarray(0, bytes));
    return {
      request,
      forward: async () => {
        const answer = await this.#forward(call, request);
        return {
          applied: answer.applied,
          pass: () => {
            onAnswered();
            answer.pass();
          },
        };
      },
      cut: part,
      leaveHalfOpen: async (bytes) => {
        await part(bytes);
        return () => link.endServer();
      },
      holdBack: () => link.holdBackEnd(),
      breakOff: () => link.breakOff(),
    };
  }

  async #forward(call: RpcCall, request: PassingRequest): Promise<PassingAnswer> {
    if (this.#failure !== undefined) throw this.#failure;
    const { header, headerBytes, body } = await new Promise<RpcAnswer>((resolve, reject) => {
      this.#waiting.set(call.header.callId, { resolve, reject });
      this.#link.toServer(callFrame(call));
    });
    const applied = header.status === RpcResponseHeader_Status.SUCCESS;
    const frame = frameOf(headerBytes, applied ? await this.#shown(call, request, body) : body);
    return { applied, pass: () => this.#link.toClient(frame) };
  }

  async #shown({ method }: RpcCall, { path }: PassingRequest, body: Buffer): Promise<Buffer> {
    const { message } = readMessage(method.output, body, 0);
    for (const { block } of messagesIn(method.output, message, LocatedBlockSchema)) {
      if (block !== undefined && path !== '') this.#memory.paths.set(block.blockId, path);
    }
    await this.#memory.doors.show(method.output, message);
    return delimited(method.output, message as MessageShape<typeof method.output>);
  }

  async #receive(): Promise<void> {
    try {
      for (;;) {
        const answer = readAnswer(await readFrame(this.#link.fromServer));
        this.#waiting.get(answer.header.callId)?.resolve(answer);
        this.#waiting.delete(answer.header.callId);
      }
    } catch (error) {
      this.#failure = error;
      for (const { reject } of this.#waiting.values()) reject(error);
    }
  }
}

/** The fields by which faults match a request. */
interface Named {
  readonly source?: string;
  readonly destination?: string;
  readonly newLength?: bigint;
}

function requestOf(call: RpcCall): PassingRequest {
  const { method, request } = call;
  const { source = '', destination, newLength } = request as Named;
  const query = new URLSearchParams();
  if (destination !== undefined) query.set('destination', destination);
  if (newLength !== undefined) query.set('newlength', String(newLength));
  const op = OPERATIONS[method.name] ?? method.name;
  return { op, path: source, query, to: 'namenode', asksWhere: false, bytes: callFrame(call).length };
}
