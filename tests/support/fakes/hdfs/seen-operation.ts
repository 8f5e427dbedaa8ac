import type { MessageShape } from '@bufbuild/protobuf';
import type {
  OpReadBlockSchema,
  OpWriteBlockSchema,
} from '../../../../sink/hdfs/generated/data-transfer_pb.ts';

export type WriteOperation = MessageShape<typeof OpWriteBlockSchema>;
export type ReadOperation = MessageShape<typeof OpReadBlockSchema>;

/** A packet that a client sent to a fake DataNode. */
export interface SeenPacket {
  readonly sequence: number;
  /** Where in the block the data begin, bytes. */
  readonly offset: number;
  readonly data: Buffer;
  readonly last: boolean;
  readonly sync: boolean;
}
