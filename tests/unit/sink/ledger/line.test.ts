import { describe, expect, test } from 'vitest';
import {
  encodeLine,
  lineBytes,
  readPosition,
  readTimestamp,
  type TopicRecord,
  writeLine,
} from '../../../../sink/ledger/line.ts';
import { randomText, seededRandom } from '../../../support/seeded-random.ts';

const record = (value: Buffer | string | null, partition = 3, offset = 42): TopicRecord => ({
  partition,
  offset,
  value: typeof value === 'string' ? Buffer.from(value) : value,
});

function stored(value: Buffer | string | null, partition = 3, offset = 42): Buffer {
  const line = encodeLine(record(value, partition, offset));
  const bytes = Buffer.alloc(lineBytes(line));
  expect(writeLine(line, bytes, 0)).toBe(bytes.length);
  return bytes;
}

const text = (value: Buffer | string | null): string => stored(value).toString();

describe('a JSON object', () => {
  test('keeps its bytes and gets its position before the closing brace', () => {
    const value = '{ "b" : 1.0,"a":"\\u00e9 é 😀" }';
    expect(text(value)).toBe('{ "b" : 1.0,"a":"\\u00e9 é 😀" ,"kafka_partition":3,"kafka_offset":42}\n');
  });

  test('without a property gets no comma', () => {
    expect(text('{}')).toBe('{"kafka_partition":3,"kafka_offset":42}\n');
    expect(JSON.parse(text('{ }'))).toEqual({ kafka_partition: 3, kafka_offset: 42 });
  });

  test('may be followed by white space', () => {
    expect(text('{"a":"}"} \t ')).toBe('{"a":"}","kafka_partition":3,"kafka_offset":42}\n');
  });

  test('may carry the names of the ledger further down', () => {
    expect(JSON.parse(text('{"a":{"kafka_offset":1}}'))).toEqual({
      a: { kafka_offset: 1 },
      kafka_partition: 3,
      kafka_offset: 42,
    });
  });

  test('of any text comes back as it was, at the position that was written', () => {
    const random = seededRandom(20_261_122);
    for (let round = 0; round < 500; round++) {
      const value = { id: round, [randomText(random, 8)]: randomText(random, 40) };
      const offset = Math.floor(random() * Number.MAX_SAFE_INTEGER);
      const line = stored(JSON.stringify(value), round, offset);
      expect(JSON.parse(line.toString())).toEqual({ ...value, kafka_partition: round, kafka_offset: offset });
      expect(readPosition(line)).toEqual({ partition: round, offset });
    }
  });
});

describe('a value that is no JSON object', () => {
  test.each([
    ['no value', null],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['has a raw line break', '{"a":\n1}'],
    ['has a raw line break', '{"a":1}\r'],
    ['not a JSON object', '{"a":'],
    ['not a JSON object', ''],
    ['not a JSON object', '[{"a":1}]'],
    ['not a JSON object', '7'],
    ['not a JSON object', '"{}"'],
    ['not a JSON object', 'null'],
    ['has a property named kafka_partition', '{"kafka_partition":1}'],
    ['has a property named kafka_offset', '{"kafka_offset":1}'],
    ['has a property named kafka_rejected', '{"kafka_\\u0072ejected":1}'],
  ])('is kept as base64 with the reason "%s" (%j)', (reason, value) => {
    const line = text(value);
    expect(encodeLine(record(value)).rejected).toBe(true);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual({
      kafka_rejected: reason,
      kafka_value: value === null ? null : Buffer.from(value).toString('base64'),
      kafka_partition: 3,
      kafka_offset: 42,
    });
  });

  test('comes back from its base64, whatever its bytes', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 300; round++) {
      const value = Buffer.from(Array.from({ length: round }, () => Math.floor(random() * 256)));
      const { kafka_value: kept } = JSON.parse(text(value));
      expect(Buffer.from(kept, 'base64')).toEqual(value);
    }
  });
});

describe('the position of a stored line', () => {
  test.each([
    ['an empty line', '\n'],
    ['another JSON object', '{"a":1}\n'],
    ['a torn line', '{"a":1,"kafka_partition":3,"kafka_offset":42}'],
    ['a half position', '{"kafka_partition":3}\n'],
    ['a negative offset', '{"kafka_partition":3,"kafka_offset":-1}\n'],
    ['a position that is not the end', '{"kafka_partition":3,"kafka_offset":1},"a":1}\n'],
  ])('is not read from %s', (_, line) => {
    expect(readPosition(Buffer.from(line))).toBeUndefined();
  });

  test('is found behind a megabyte', () => {
    const line = stored(`{"a":"${'x'.repeat(1_048_576)}"}`, 127, 9_007_199_254_740_991);
    expect(readPosition(line)).toEqual({ partition: 127, offset: 9_007_199_254_740_991 });
  });
});

describe('the time of a stored line', () => {
  test('is that of its event', () => {
    const ms = Date.UTC(2026, 10, 22, 14, 5, 6, 789);
    expect(readTimestamp(stored(JSON.stringify({ timestamp: new Date(ms).toISOString() })))).toBe(ms);
  });

  test('is not believed from before 1970, which no folder of an hour could be called by', () => {
    expect(readTimestamp(stored('{"timestamp":"-200000-01-01T00:00:00.000Z"}'))).toBeUndefined();
  });

  test.each(['{}', '{"timestamp":5}', '{"timestamp":"soon"}', '{"timestamp":null}', 'garbage'])(
    'is not known from %s',
    (value) => {
      expect(readTimestamp(stored(value))).toBeUndefined();
    },
  );
});
