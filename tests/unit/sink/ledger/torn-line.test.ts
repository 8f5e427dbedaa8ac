import { describe, expect, test } from 'vitest';
import { encodeLine, type TopicRecord } from '../../../../sink/ledger/line.ts';
import { mayBeTornLine } from '../../../../sink/ledger/torn-line.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const torn = (bytes: string | Buffer) => mayBeTornLine(Buffer.from(bytes), 3);

describe('a torn line', () => {
  test.each<[string, string | Buffer | null]>([
    ['an event', '{"id":"a","user":"ä€😀","properties":{"a":["}",{"b":"\\\\\\""}]}}'],
    ['an object with blanks before it', ' \t {"a" : 1 } '],
    ['an empty object', '{}'],
    ['a rejected value', Buffer.from([0xff, 0, 10])],
    ['a tombstone', null],
  ])('is every beginning of the line of %s', (_, value) => {
    const record: TopicRecord = {
      partition: 3,
      offset: 42,
      value: value === null ? null : Buffer.from(value),
    };
    const { head, tail } = encodeLine(record);
    const line = Buffer.concat([head, Buffer.from(tail)]);
    for (let bytes = 0; bytes < line.length; bytes++) expect(torn(line.subarray(0, bytes))).toBe(true);
    expect(torn(line)).toBe(false);
  });

  test('is not what another program has written', () => {
    for (const foreign of ['a,b,c', '[{"a":1', '"a"', 'PAR1', '{"a":1}', '{"a":1} ', '{"a":1}{"b":2']) {
      expect([foreign, torn(foreign)]).toEqual([foreign, false]);
    }
    expect(torn('{"a":1,"kafka_partition":4,"kafka_offset":1}')).toBe(false);
  });

  test('is not random or encrypted', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 200; round++) {
      const bytes = Buffer.from(Array.from({ length: 64 }, () => Math.floor(random() * 256)));
      expect(torn(bytes)).toBe(false);
      expect(torn(Buffer.concat([Buffer.from('{"a":"'), bytes]))).toBe(false);
    }
  });

  test('is no longer than a line', () => {
    expect(torn(Buffer.alloc(256 * 1024 * 1024 + 1, '{'))).toBe(false);
  });
});
