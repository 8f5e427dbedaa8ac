import { create, toBinary } from '@bufbuild/protobuf';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PipelineAckSchema, Status } from '../../../../../sink/hdfs/generated/data-transfer_pb.ts';
import { decodeAck } from '../../../../../sink/hdfs/transfer/ack.ts';
import { HdfsError } from '../../../../../sink/hdfs/wire/errors.ts';

const known = Object.values(Status).filter((value) => typeof value === 'number');

describe('an acknowledgement', () => {
  test('decodes to the same sequence number and replies as protobuf-es decodes', () => {
    const sequences = fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(sequences, fc.array(fc.constantFrom(...known)), (sequence, replies) => {
        const ack = create(PipelineAckSchema, { sequenceNumber: BigInt(sequence), replies });
        expect(decodeAck(toBinary(PipelineAckSchema, ack))).toEqual({ sequence, replies });
      }),
    );
  });

  test('keeps an unknown reply at its place', () => {
    expect(decodeAck(Buffer.from([0x08, 0x0e, 0x10, 0x00, 0x10, 0x63]))).toEqual({
      sequence: 7,
      replies: [0, 99],
    });
  });

  test('may have more fields', () => {
    const tookNanos = [0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    const flags = [0x22, 0x02, 0x00, 0x00];
    expect(decodeAck(Buffer.from([0x08, 0x01, ...tookNanos, 0x10, 0x00, ...flags]))).toEqual({
      sequence: -1,
      replies: [0],
    });
  });

  test.each<[string, number[], string]>([
    ['without bytes', [], 'FieldMissing'],
    ['without a sequence number', [0x10, 0x00], 'FieldMissing'],
    ['that ends within a number', [0x08, 0x80], 'NotAMessage'],
    ['that ends within a skipped field', [0x08, 0x00, 0x22, 0x05, 0x00], 'NotAMessage'],
    ['with an endless number', [0x08, ...Array<number>(20).fill(0xff)], 'NotAMessage'],
  ])('%s is refused', (_, bytes, reason) => {
    expect(() => decodeAck(Buffer.from(bytes))).toThrow(
      expect.objectContaining({ name: 'HdfsError', kind: 'protocol', reason }),
    );
  });

  test('of any bytes is decoded or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          decodeAck(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(HdfsError);
        }
      }),
    );
  });
});
