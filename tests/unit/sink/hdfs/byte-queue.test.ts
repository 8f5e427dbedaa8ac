import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteQueue } from '../../../../sink/hdfs/wire/byte-queue.ts';

test('what is taken piece by piece is all there is, in order', () => {
  const buffers = fc.array(fc.uint8Array({ maxLength: 20 }).map(Buffer.from));
  fc.assert(
    fc.property(buffers, fc.integer({ min: 1, max: 50 }), (given, step) => {
      const pieces = new ByteQueue(given);
      const taken: Buffer[] = [];
      while (pieces.bytes > 0) {
        const left = pieces.bytes;
        taken.push(Buffer.concat(pieces.take(step)));
        expect(taken.at(-1)?.length).toBe(Math.min(step, left));
      }
      expect(Buffer.concat(taken).equals(Buffer.concat(given))).toBe(true);
    }),
  );
});

test('nothing is copied', () => {
  const buffer = Buffer.from('abcdef');
  const [first] = new ByteQueue([buffer]).take(3);
  buffer.write('x');
  expect(String(first)).toBe('xbc');
});
