import { OpWriteBlock_Stage as Stage } from '../../../../sink/hdfs/generated/data-transfer_pb.ts';
import type { SeenPacket, WriteOperation } from './seen-operation.ts';
import { BYTES_PER_CHECKSUM } from './transfer-bytes.ts';

const blockId = ({ header }: WriteOperation) => header?.base?.block?.blockId ?? 0n;
const NOTHING = Buffer.alloc(0);

/** What blocks have in them, in one place for all DataNodes of a test, as replicas are the same. */
export class Replicas {
  readonly #contents = new Map<bigint, Buffer>();
  readonly #generations = new Map<bigint, bigint>();

  of(id: bigint): Buffer {
    return this.#contents.get(id) ?? NOTHING;
  }

  put(id: bigint, content: Buffer): void {
    this.#contents.set(id, content);
  }

  /** What nobody has acknowledged to the writer is cut off when a pipeline is built anew. */
  begin(operation: WriteOperation): void {
    const id = blockId(operation);
    const isNew = operation.stage === Stage.PIPELINE_SETUP_CREATE;
    this.#generations.set(id, operation.latestGenerationStamp);
    this.put(id, isNew ? NOTHING : this.of(id).subarray(0, Number(operation.minBytesReceived)));
  }

  /** What comes late through a pipeline that there is no more goes nowhere. @returns what is wrong with it */
  add(operation: WriteOperation, { offset, data, sequence }: SeenPacket): string | undefined {
    const id = blockId(operation);
    if (this.#generations.get(id) !== operation.latestGenerationStamp || data.length === 0) return undefined;
    const before = this.of(id);
    this.put(id, Buffer.concat([before.subarray(0, offset), data]));
    const isInOrder = offset % BYTES_PER_CHECKSUM === 0 && offset <= before.length;
    return isInOrder ? undefined : `packet ${sequence} begins at ${offset} of ${before.length} bytes`;
  }
}
