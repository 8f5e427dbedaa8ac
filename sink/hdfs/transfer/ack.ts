import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { PipelineAckSchema, type Status } from '../generated/data-transfer_pb.ts';
import { protocolError } from '../wire/errors.ts';

/** The replies of all DataNodes of a pipeline to one packet. */
export interface Acknowledgement {
  /** The sequence number of the packet. */
  readonly sequence: number;
  /** One reply of each DataNode, in the order of the pipeline. Unknown numbers are kept. */
  readonly replies: readonly Status[];
}

const SEQUENCE = PipelineAckSchema.field.sequenceNumber.number;
const REPLY = PipelineAckSchema.field.replies.number;

/**
 * Decodes a PipelineAck field by field. One acknowledgement comes with each flush, and decoding it
 * by protobuf-es takes a fifth of a flush's processor time.
 *
 * @throws {HdfsError} `protocol`
 */
export function decodeAck(bytes: Uint8Array): Acknowledgement {
  let sequence: number | undefined;
  const replies: Status[] = [];
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === SEQUENCE && type === WireType.Varint) sequence = Number(reader.sint64());
      else if (field === REPLY && type === WireType.Varint) replies.push(reader.int32() as Status);
      else reader.skip(type, field);
    }
  } catch (cause) {
    throw protocolError('PipelineAck', 'NotAMessage', { cause });
  }
  if (sequence === undefined) throw protocolError('PipelineAck without sequence_number', 'FieldMissing');
  return { sequence, replies };
}
