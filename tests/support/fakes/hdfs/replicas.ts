import { OpWriteBlock_Stage as Stage } from '../../../../sink/hdfs/generated/data-transfer_pb.ts';
import type { SeenPacket, WriteOperation } from './seen-operation.ts';
import { BYTES_PER_CHECKSUM } from './transfer-bytes.ts';

const blockId = ({ header }: WriteOperation) => header?.base?.block?.blockId ?? 0n;
const NOTHING = Buffer.alloc(0);

/** The contents of blocks. All DataNodes of a test share them, as all replicas are equal. */
export class Replicas {
  readonly #contents = new Map<bigint, Buffer>();
  readonly #generations = new Map<bigint, bigint>();

  of(id: bigint): Buffer {
    return this.#contents.get(id) ?? NOTHING;
  }

  put(id: bigint, content: Buffer): void {
    this.#contents.set(id, content);
  }

  /** A pipeline is opened. One that is rebuilt cuts the block to its acknowledged length. */
  begin(operation: WriteOperation): void {
    const id = blockId(operation);
    const isNew = operation.stage === Stage.PIPELINE_SETUP_CREATE;
    this.#generations.set(id, operation.latestGenerationStamp);
    this.put(id, isNew ? NOTHING : this.of(id).subarray(0, Number(operation.minBytesReceived)));
  }

  /**
   * Adds a packet to its block. A late packet of an old pipeline is ignored.
   *
   * @returns the fault of the packet, if any
   */
  add(operation: WriteOperation, { offset, data, sequence }: SeenPacket): string | undefined {
    const id = blockId(operation);
    if (this.#generations.get(id) !== operation.latestGenerationStamp || data.length === 0) return undefined;
    const before = this.of(id);
    this.put(id, Buffer.concat([before.subarray(0, offset), data]));
    const isInOrder = offset % BYTES_PER_CHECKSUM === 0 && offset <= before.length;
    return isInOrder ? undefined : `packet ${sequence} begins at ${offset} of ${before.length} bytes`;
  }
}
