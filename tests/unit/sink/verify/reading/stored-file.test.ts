import { describe, expect, test } from 'vitest';
import { readName } from '../../../../../sink/verify/reading/stored-file.ts';

const n = (offset: number) => String(offset).padStart(20, '0');

describe('a file below the topic’s folder', () => {
  const published = `dt=2026-11-22/hour=14/t-3-${n(5)}-${n(9)}.jsonl`;

  test.each([
    [published, { partition: 3, first: 5, last: 9 }],
    [`_writers/3/some-token/${n(5)}.jsonl`, { partition: 3, first: 5, last: undefined }],
    ['_writers/3/some-token/abc.topic-id', 'ignored'],
    [`_writers/3/some-token/${n(5)}.copy-x`, 'ignored'],
    [`_writers/.new-x/x/${n(5)}.jsonl`, 'ignored'],
    ['_check-1/claim-1/file', 'ignored'],
    ['dt=2026-11-22/hour=14/_SUCCESS', 'ignored'],
    ['dt=2026-11-22/hour=14/.part', 'ignored'],
    ['dt=2026-11-22/hour=14/part-0.parquet', 'stray'],
    [published.replace('t-3', 'u-3'), 'stray'],
    [published.replace('dt=2026-11-22/', ''), 'stray'],
    ['notes.txt', 'stray'],
    [published.replace('hour=14', 'hour=14/sub'), 'stray'],
    [`backup/${published}`, 'stray'],
    [published.replace('t-3', 't-03'), 'stray'],
    [`_writers/03/some-token/${n(5)}.jsonl`, 'stray'],
    [`_writers/3/some-token/sub/${n(5)}.jsonl`, 'stray'],
    [`_writers/3/${n(5)}.jsonl`, 'stray'],
    [`_writers/3/some-token/5.jsonl`, 'stray'],
    [`_writers/3/some-token/.${n(5)}.jsonl.crc`, 'ignored'],
    ['_writers/notes.txt', 'stray'],
  ])('%s is what its name says', (path, named) => {
    expect(readName('t', path)).toEqual(named);
  });

  test('of a topic with dashes and digits in its name is told from others', () => {
    const path = `dt=2026-11-22/hour=14/t-3-3-${n(5)}-${n(9)}.jsonl`;
    expect(readName('t-3', path)).toMatchObject({ partition: 3 });
    expect(readName('t', path)).toBe('stray');
  });

  test.each([
    ['_events', 'topic-_events'],
    ['x'.repeat(249), 'x'.repeat(205)],
  ])('of topic %s is one of its segments under its present name and under its former name', (topic, stem) => {
    const path = (name: string) => `dt=2026-11-22/hour=14/${name}-3-${n(5)}-${n(9)}.jsonl`;
    for (const name of [topic, stem])
      expect(readName(topic, path(name))).toMatchObject({ first: 5, last: 9 });
    expect(readName(topic, path(stem.slice(0, -1)))).toBe('stray');
  });

  test('that is hidden and of another topic is ignored', () => {
    expect(readName('t', `dt=2026-11-22/hour=14/_u-3-${n(5)}-${n(9)}.jsonl`)).toBe('ignored');
  });
});
