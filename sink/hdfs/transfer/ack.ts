import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { PipelineAckSchema, type Status } from '../generated/data-transfer_pb.ts';
import { protocolError } from '../wire/errors.ts';

/** What the DataNodes of a pipeline say of one packet. */
export interface Acknowledgement {
  /** The packet's. */
  readonly sequence: number;
  /** Of each, in order; it may be one that we do not know. */
  readonly replies: readonly Status[];
}

const SEQUENCE = PipelineAckSchema.field.sequenceNumber.number;
const REPLY = PipelineAckSchema.field.replies.number;

/**
 * A PipelineAck, field by field: one comes with each flush, and to have the library make a message of it takes a fifth of all
 * that a flush does here. @throws {HdfsError} `protocol`
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
