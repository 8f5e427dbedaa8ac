import { expect, test } from 'vitest';
import { encodeLine, lineBytes } from '../../../../sink/ledger/line.ts';
import { LineBuffer } from '../../../../sink/partition/buffer.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const lineOf = (offset: number, bytes = 1) =>
  encodeLine({ partition: 0, offset, value: Buffer.from(`{"a":"${'x'.repeat(bytes)}"}`) });

const offsetsIn = (chunks: readonly Buffer[]): number[] =>
  Buffer.concat([...chunks])
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).kafka_offset);

test('an empty buffer has nothing to take', () => {
  const buffer = new LineBuffer();
  expect(buffer.take(1_000)).toBeUndefined();
  expect([buffer.bytes, buffer.count, buffer.sinceMs, buffer.hour]).toEqual([0, 0, undefined, undefined]);
});

test('lines come out in the order they went in, each whole, each once, whatever their sizes', () => {
  const random = seededRandom(11);
  const buffer = new LineBuffer();
  const taken: number[] = [];
  let next = 0;
  for (let round = 0; round < 40; round++) {
    for (let more = Math.floor(random() * 60); more > 0; more--) {
      buffer.add(lineOf(next, Math.floor(random() * 9_000)), next, 5, 0);
      next += 1;
    }
    const batch = buffer.take(Math.floor(random() * 400_000));
    if (!batch) continue;
    const offsets = offsetsIn(batch.chunks);
    expect(offsets).toHaveLength(batch.count);
    expect(offsets.at(-1)).toBe(batch.last);
    taken.push(...offsets);
  }
  for (let batch = buffer.take(100_000); batch; batch = buffer.take(100_000)) {
    taken.push(...offsetsIn(batch.chunks));
  }
  expect(taken).toEqual(Array.from({ length: next }, (_, offset) => offset));
});

test('a batch never has lines of two hours', () => {
  const buffer = new LineBuffer();
  [5, 5, 6, 6, 6, 7].forEach((hour, offset) => {
    buffer.add(lineOf(offset), offset, hour, 0);
  });
  const batches = [1, 2, 3].map(() => buffer.take(1_000_000));
  expect(batches.map((batch) => [batch?.hour, batch?.count, batch?.last])).toEqual([
    [5, 2, 1],
    [6, 3, 4],
    [7, 1, 5],
  ]);
});

test('bytes count until a batch is freed, lines until it is taken', () => {
  const buffer = new LineBuffer();
  const lines = [lineOf(0, 10), lineOf(1, 20), lineOf(2, 30)];
  const bytes = lines.reduce((sum, line) => sum + lineBytes(line), 0);
  lines.forEach((line, offset) => {
    buffer.add(line, offset, 5, 0);
  });
  expect([buffer.bytes, buffer.count]).toEqual([bytes, 3]);
  const batch = buffer.take(1_000);
  expect(batch?.bytes).toBe(bytes);
  expect([buffer.bytes, buffer.count]).toEqual([bytes, 0]);
  buffer.add(lineOf(3), 3, 5, 0);
  if (batch) buffer.free(batch);
  expect([buffer.bytes, buffer.count]).toEqual([lineBytes(lineOf(3)), 1]);
});

test('a line larger than a block is one batch and stays whole', () => {
  const buffer = new LineBuffer();
  buffer.add(lineOf(0), 0, 5, 0);
  buffer.add(lineOf(1, 1_000_000), 1, 5, 0);
  buffer.add(lineOf(2), 2, 5, 0);
  expect(buffer.take(1)?.last).toBe(0);
  const large = buffer.take(1);
  expect([large?.last, large?.count]).toEqual([1, 1]);
  expect(offsetsIn(large?.chunks ?? [])).toEqual([1]);
  expect(buffer.take(1)?.last).toBe(2);
});

test('a batch is at most the bytes asked for, or one block', () => {
  const buffer = new LineBuffer();
  for (let offset = 0; offset < 1_000; offset++) buffer.add(lineOf(offset, 1_000), offset, 5, 0);
  for (const maxBytes of [0, 100_000, 300_000]) {
    const bytes = buffer.take(maxBytes)?.bytes ?? 0;
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(Math.max(maxBytes, 65_536));
  }
});

test('the age is that of the oldest waiting line', () => {
  const buffer = new LineBuffer();
  buffer.add(lineOf(0), 0, 5, 100);
  buffer.add(lineOf(1), 1, 5, 200);
  expect(buffer.sinceMs).toBe(100);
  buffer.take(1_000);
  expect(buffer.sinceMs).toBeUndefined();
  buffer.add(lineOf(2), 2, 5, 300);
  expect([buffer.sinceMs, buffer.hour]).toEqual([300, 5]);
});
