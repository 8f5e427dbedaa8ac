import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteQueue } from '../../../../../sink/hdfs/wire/byte-queue.ts';

test('the parts that are taken are all bytes, in order', () => {
  const buffers = fc.array(fc.uint8Array({ maxLength: 20 }).map(Buffer.from));
  fc.assert(
    fc.property(buffers, fc.integer({ min: 1, max: 50 }), (given, step) => {
      const queue = new ByteQueue(given);
      const taken: Buffer[] = [];
      while (queue.bytes > 0) {
        const left = queue.bytes;
        taken.push(Buffer.concat(queue.take(step)));
        expect(taken.at(-1)?.length).toBe(Math.min(step, left));
      }
      expect(Buffer.concat(taken).equals(Buffer.concat(given))).toBe(true);
    }),
  );
});

test('no byte is copied', () => {
  const buffer = Buffer.from('abcdef');
  const [first] = new ByteQueue([buffer]).take(3);
  buffer.write('x');
  expect(String(first)).toBe('xbc');
});
