import { describe, expect, test } from 'vitest';
import { encodeLine, isLineOf, linesOf, type TopicRecord } from '../../../../sink/ledger/line.ts';

const record = (value: string): TopicRecord => ({ partition: 3, offset: 42, value: Buffer.from(value) });

const text = (value: string): string => {
  const { head, tail } = encodeLine(record(value));
  return head.toString() + tail;
};

/** The line by which 0.1.0 stored the record. */
const formerLine = (value: string): Buffer =>
  Buffer.from(`${value.slice(0, value.lastIndexOf('}'))},"kafka_partition":3,"kafka_offset":42}\n`);

const AMBIGUOUS: [string, string][] = [
  ['has names that differ only by case', '{"User":"x","user":"y"}'],
  ['has names that differ only by case', '{"É":1,"é":1}'],
  ['has names that differ only by case', '{"properties":{"Page":1,"page":2}}'],
  ['has names that differ only by case', '{"a":[[{"b":{"Page":1,"\\u0070age":2}}]]}'],
  ['has a property named kafka_offset, apart from case', '{"KAFKA_OFFSET":7,"user":"y"}'],
  ['has a property named kafka_partition, apart from case', '{"Kafka_Partition":7}'],
  ['has a property named kafka_value, apart from case', '{"kafka_value":7}'],
  ['has a name twice', '{"a":1,"a":2}'],
  ['has a name twice', '{"a":{"b":":","\\u0062":"\\":"}}'],
  ['has half a surrogate pair', '{"a":"\\ud800"}'],
  ['has half a surrogate pair', '{"a":["\\udc00\\ud800"]}'],
  ['has half a surrogate pair', '{"\\uD800":1}'],
];

describe('an object that a reader could misread, or that spoils its file', () => {
  test.each(AMBIGUOUS)('is stored as rejected: %s: %s', (reason, value) => {
    expect(encodeLine(record(value)).rejected).toBe(true);
    expect(JSON.parse(text(value))).toEqual({
      kafka_rejected: reason,
      kafka_value: Buffer.from(value).toString('base64'),
      kafka_partition: 3,
      kafka_offset: 42,
    });
  });

  test.each(AMBIGUOUS)('is recognised in both lines that versions store: %s: %s', (_, value) => {
    expect(isLineOf(Buffer.from(text(value)), record(value))).toBe(true);
    expect(isLineOf(formerLine(value), record(value))).toBe(true);
    expect(isLineOf(formerLine('{"other":1}'), record(value))).toBe(false);
    expect(linesOf(record(value))).toHaveLength(2);
  });

  test('is none where it only looks like one', () => {
    for (const value of [
      '{"user":"USER","USERS":{"user":1},"b":[{"user":1},{"User":1}]}',
      '{"a":"\\\\ud800 \\"b\\":1,\\"b\\":2","c":"\\ud83d\\ude00"}',
      '{"a":{"kafka_offset":1},"__proto__":{"a":1}, "b" : {} , "1":0}',
      `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    ]) {
      expect(linesOf(record(value))).toHaveLength(1);
      expect(text(value)).toBe(formerLine(value).toString());
    }
  });
});
