import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  claimFolder,
  copyPath,
  hourFolder,
  hourOf,
  hourStartMs,
  isDayFolder,
  isHidden,
  isScratchFolder,
  newPartitionFolder,
  openPath,
  parseClaimedName,
  parsePartition,
  parsePath,
  partitionFolder,
  publishedPath,
  scratchFolder,
  topicIdPath,
  WRITERS,
} from '../../../../sink/ledger/layout.ts';

const claim = { partition: 7, token: 'token' };
const hour = hourOf(Date.UTC(2026, 10, 22, 14));

describe('the literal names, which readers and earlier versions of the sink know', () => {
  test('what is not published is in _writers, a folder a partition and a claim', () => {
    expect(WRITERS).toBe('_writers');
    expect(partitionFolder(7)).toBe('_writers/7');
    expect(claimFolder(claim)).toBe('_writers/7/token');
    expect(newPartitionFolder('token')).toBe('_writers/.new-token');
  });

  test('an open segment is called by its first offset in twenty digits', () => {
    expect(openPath(claim, 0)).toBe('_writers/7/token/00000000000000000000.jsonl');
    expect(openPath(claim, 1_234)).toBe('_writers/7/token/00000000000000001234.jsonl');
  });

  test('a copy and the id of the topic lie beside the segments', () => {
    expect(copyPath(claim, 12)).toBe('_writers/7/token/00000000000000000012.copy-token');
    expect(topicIdPath(claim, 'abc')).toBe('_writers/7/token/abc.topic-id');
  });

  test("an hour's folder is named in UTC as Hive and Spark discover it", () => {
    expect(hourFolder(hourOf(Date.UTC(2026, 10, 22, 14, 59)))).toBe('dt=2026-11-22/hour=14');
    expect(hourFolder(hourOf(Date.UTC(2024, 1, 29, 0, 0)))).toBe('dt=2024-02-29/hour=00');
  });

  test('a published name says topic, partition, first and last offset', () => {
    expect(publishedPath('web-events', 7, { first: 12, last: 345, hour })).toBe(
      'dt=2026-11-22/hour=14/web-events-7-00000000000000000012-00000000000000000345.jsonl',
    );
  });

  test.each(['_events', '.events', `_${'x'.repeat(248)}`, 'x'.repeat(249), '_'])(
    'a published name is seen by readers and taken by HDFS, whatever the topic is called: %s',
    (topic) => {
      for (const partition of [0, 9_999_999, 2 ** 31 - 1]) {
        const path = publishedPath(topic, partition, { first: 12, last: 345, hour });
        const name = path.split('/').at(-1) ?? '';
        expect(isHidden(name)).toBe(false);
        expect(name.length).toBeLessThanOrEqual(255);
      }
    },
  );

  test('a published name begins with the whole topic where it can', () => {
    const longest = 'x'.repeat(205);
    const name = (topic: string) => publishedPath(topic, 0, { first: 0, last: 1, hour }).split('/').at(-1);
    expect(name(longest)).toMatch(new RegExp(`^${longest}-0-`));
    expect(name(`${longest}y`)).toMatch(new RegExp(`^${longest}-0-`));
    expect(name('_events')).toMatch(/^topic-_events-0-/);
  });

  test('the scratch folder of a check is hidden from readers', () => {
    expect(scratchFolder('id')).toBe('_check-id');
    expect(isHidden(scratchFolder('id'))).toBe(true);
    expect([scratchFolder('id'), WRITERS].map(isScratchFolder)).toEqual([true, false]);
  });
});

describe('a name that is written', () => {
  const offset = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  const token = fc.uuid();
  const claims = fc.record({ partition: fc.nat(), token });
  /** https://kafka.apache.org/documentation/#brokerconfigs: letters, digits, dot, underscore, dash. */
  const topics = fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/);
  /** Up to the last hour of the year 9999, the last that has a date of ten characters. */
  const hours = fc.nat({ max: hourOf(Date.UTC(9999, 11, 31, 23)) });
  const segments = fc.record({ first: offset, last: offset, hour: hours });

  test('comes back from its path: an open segment, a copy, the id of a topic', () => {
    fc.assert(
      fc.property(claims, offset, fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/), (written, first, id) => {
        expect(parsePath(openPath(written, first))).toEqual({ kind: 'open', claim: written, first });
        expect(parsePath(copyPath(written, first))).toEqual({ kind: 'copy', claim: written, first });
        expect(parsePath(topicIdPath(written, id))).toEqual({ kind: 'topic-id', claim: written, id });
      }),
    );
  });

  test('comes back from its path: a published segment, of a topic of any name', () => {
    fc.assert(
      fc.property(topics, fc.nat(), segments, (topic, partition, segment) => {
        const path = publishedPath(topic, partition, segment);
        const stem = isHidden(topic) ? `topic-${topic}` : topic;
        expect(parsePath(path)).toEqual({ kind: 'published', stem, partition, ...segment });
      }),
    );
  });

  test("comes back from its folder's name: a partition", () => {
    fc.assert(
      fc.property(fc.nat(), (partition) => {
        const [above, name = ''] = partitionFolder(partition).split('/');
        expect([above, parsePartition(name)]).toEqual([WRITERS, partition]);
      }),
    );
  });

  test('is hidden before the first claim, whatever is in it', () => {
    fc.assert(
      fc.property(token, offset, (unclaimed, first) => {
        const name = openPath(claim, first).split('/').at(-1);
        const path = `${newPartitionFolder(unclaimed)}/${unclaimed}/${name}`;
        expect(parsePath(path)).toEqual({ kind: 'hidden' });
      }),
    );
  });

  test('sorts as its offset does', () => {
    fc.assert(
      fc.property(fc.array(offset), (offsets) => {
        const byName = offsets.map((first) => openPath(claim, first)).sort();
        const ascending = [...offsets].sort((a, b) => a - b);
        expect(byName).toEqual(ascending.map((first) => openPath(claim, first)));
      }),
    );
  });
});

test.each([
  '0.jsonl',
  '00000000000000000000.json',
  '00000000000000000000.jsonl.tmp',
  '0000000000000000000x.jsonl',
  'x00000000000000000000.jsonl',
  '00000000000000000000.copy-',
  '.topic-id',
  'notes.txt',
  '',
])('"%s" is nothing that a claim writes', (name) => {
  expect(parseClaimedName(name)).toBeUndefined();
});

test.each(['03', '-1', '3x', '.new-token', ''])('"%s" is the folder of no partition', (name) => {
  expect(parsePartition(name)).toBeUndefined();
});

test('the folder of a day is told from the folder of an hour', () => {
  const [day = '', inDay = ''] = hourFolder(hour).split('/');
  expect([day, inDay, `${day}/${inDay}`].map(isDayFolder)).toEqual([true, false, false]);
});

test('an hour begins with its first millisecond and ends before the next', () => {
  const start = Date.UTC(2026, 10, 22, 14);
  expect(hourStartMs(hour)).toBe(start);
  expect(hourOf(start + 3_599_999)).toBe(hour);
  expect(hourOf(start + 3_600_000)).toBe(hour + 1);
});
