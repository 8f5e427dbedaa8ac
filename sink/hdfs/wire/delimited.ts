import {
  create,
  type DescMessage,
  fromBinary,
  isFieldSet,
  type Message,
  type MessageInitShape,
  type MessageValidType,
  toBinary,
} from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { protocolError } from './errors.ts';

/** A varint of 32 bits is no longer. https://protobuf.dev/programming-guides/encoding/#varints */
const MAX_VARINT_BYTES = 5;

export interface Varint {
  readonly value: number;
  /** How many bytes encode the value. */
  readonly length: number;
}

/** Encodes a message with its length before it, as Hadoop writes every message. */
export function delimited<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Buffer {
  const bytes = toBinary(schema, create(schema, init));
  const length = varint(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/**
 * Reads a varint; undefined where its last byte is still missing.
 *
 * @throws {HdfsError} `protocol` where it is longer than a varint can be
 */
export function readVarint(bytes: Uint8Array, at: number): Varint | undefined {
  let value = 0;
  for (let index = 0; index < MAX_VARINT_BYTES; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, length: index + 1 };
  }
  throw protocolError('length of a message', 'EndlessVarint');
}

/**
 * Decodes the answer to `what`: one message with its length before it, and nothing else.
 *
 * @throws {HdfsError} `protocol`
 */
export function decodeDelimited<Desc extends DescMessage>(
  schema: Desc,
  bytes: Uint8Array,
  what: string,
): MessageValidType<Desc> {
  const length = readVarint(bytes, 0);
  if (length === undefined || length.length + length.value !== bytes.length) {
    throw protocolError(what, 'AnswerCutShort');
  }
  return decode(schema, bytes.subarray(length.length));
}

/**
 * @throws {HdfsError} `protocol` where the bytes are no such message, or a required field is
 *   missing
 */
export function decode<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageValidType<Desc> {
  let message: Message;
  try {
    message = fromBinary(schema, bytes);
  } catch (cause) {
    throw protocolError(schema.name, 'NotAMessage', { cause });
  }
  const missing = missingField(schema, message);
  if (missing !== undefined) throw protocolError(`${schema.name} without ${missing}`, 'FieldMissing');
  return message as MessageValidType<Desc>;
}

/** protobuf-es checks required fields only when it encodes: this checks a decoded message. */
function missingField(schema: DescMessage, message: Message): string | undefined {
  for (const field of schema.fields) {
    if (!isFieldSet(message, field)) {
      if (field.presence === FeatureSet_FieldPresence.LEGACY_REQUIRED) return field.name;
      continue;
    }
    if (field.message === undefined) continue;
    const value = (message as unknown as Record<string, Message | Message[]>)[field.localName];
    for (const part of [value ?? []].flat()) {
      const missing = missingField(field.message, part);
      if (missing !== undefined) return `${field.name}.${missing}`;
    }
  }
  return undefined;
}
