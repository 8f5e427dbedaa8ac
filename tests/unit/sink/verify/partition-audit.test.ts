import { describe, expect, test } from 'vitest';
import { encodeLine, type TopicRecord } from '../../../../sink/ledger/line.ts';
import { Merge } from '../../../../sink/verify/merge.ts';
import { type AuditOptions, PartitionAudit } from '../../../../sink/verify/partition-audit.ts';
import type { StoredFile } from '../../../../sink/verify/reading/stored-file.ts';
import { FAULTS, type Verdict } from '../../../../sink/verify/verdict.ts';

const record = (offset: number, value: string | null = `{"n":${offset}}`): TopicRecord => ({
  partition: 0,
  offset,
  value: value === null ? null : Buffer.from(value),
});
const records = (from: number, to: number): TopicRecord[] =>
  Array.from({ length: to - from + 1 }, (_, index) => record(from + index));

const line = (offset: number, n = offset, partition = 0): string =>
  `{"n":${n},"kafka_partition":${partition},"kafka_offset":${offset}}\n`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index)).join('');

/** A file. It is published where it has a last offset, and open otherwise. */
interface File {
  readonly first: number;
  readonly last?: number;
  readonly text: string;
}

interface Case extends Partial<AuditOptions> {
  readonly topic: readonly TopicRecord[];
  readonly files: readonly File[];
  /** The bounds that Kafka tells when it is asked again. */
  readonly boundsNow?: { readonly low: number; readonly high: number };
  readonly onAsk?: () => void;
}

async function judge({ topic, files, boundsNow, onAsk, ...changes }: Case): Promise<Verdict> {
  const range = { low: topic[0]?.offset ?? 0, high: (topic.at(-1)?.offset ?? -1) + 1 };
  const audit = new PartitionAudit({
    partition: 0,
    ...range,
    settled: false,
    compacted: false,
    ...changes,
  });
  let taken = 0;
  const merge = new Merge({
    audit,
    range,
    askBounds: async () => {
      onAsk?.();
      return boundsNow ?? range;
    },
    records: {
      get head() {
        return topic[taken];
      },
      take: () => {
        taken += 1;
      },
      peek: async () => topic[taken],
    },
  });
  for (const [index, { first, last, text }] of files.entries()) {
    const named: StoredFile = {
      id: `${index}`,
      path: `file-${first}`,
      bytes: text.length,
      partition: 0,
      first,
      last,
    };
    const complete = text.slice(0, text.lastIndexOf('\n') + 1);
    audit.beginFile(named);
    await merge.addLines((complete.match(/.*\n/g) ?? []).map((whole) => Buffer.from(whole)));
    audit.endFile(named, text.length - complete.length, index === files.length - 1 && last === undefined);
  }
  await merge.end();
  return audit.verdict();
}

const faultsIn = (verdict: Verdict) =>
  Object.fromEntries(FAULTS.filter((fault) => verdict[fault] > 0).map((fault) => [fault, verdict[fault]]));

const faults = async (given: Case) => faultsIn(await judge(given));

describe('right is', () => {
  const chain: File[] = [
    { first: 0, last: 4, text: lines(0, 4) },
    { first: 5, last: 9, text: lines(5, 9) },
    { first: 10, text: lines(10, 12) },
  ];

  test('each record once, in order, in files called by their offsets', async () => {
    const verdict = await judge({ topic: records(0, 12), files: chain });
    expect(faultsIn(verdict)).toEqual({});
    expect(verdict).toMatchObject({ lines: 13, pending: 0, gone: 0, rejected: 0, unfinished: false });
  });

  test('an ambiguous record as either version of the sink stores it, in its place or late', async () => {
    const twins = '{"User":1,"user":2}';
    const topic = [0, 1, 2].map((offset) => record(offset, twins));
    const former = (offset: number) => `{"User":1,"user":2,"kafka_partition":0,"kafka_offset":${offset}}\n`;
    const present = (offset: number) => {
      const { head, tail } = encodeLine(record(offset, twins));
      return head.toString() + tail;
    };
    const inOrder = [{ first: 0, text: former(0) + present(1) + former(2) }];
    expect(await faults({ topic, files: inOrder })).toEqual({});
    const late = [{ first: 0, text: present(2) + former(0) + present(1) }];
    expect(await faults({ topic, files: late })).toEqual({ disordered: 2 });
  });

  test('what is not stored yet; it is pending, and lost once nobody writes', async () => {
    const given = { topic: records(0, 20), files: chain };
    expect(await judge(given)).toMatchObject({ lost: 0, pending: 8 });
    expect(await judge({ ...given, settled: true })).toMatchObject({ lost: 8, pending: 0 });
  });

  test('a last line under way; it is torn once nobody writes', async () => {
    const files = [{ first: 0, text: lines(0, 1) + line(2).slice(0, 9) }];
    const given = { topic: records(0, 2), files };
    expect(await judge(given)).toMatchObject({ torn: 0, unfinished: true, pending: 1 });
    expect(await judge({ ...given, settled: true })).toMatchObject({ torn: 1, unfinished: false, lost: 1 });
  });

  test('offsets without a record: the end of a transaction, or compacted', async () => {
    const topic = [...records(0, 3), ...records(6, 9)];
    const text = lines(0, 3) + lines(6, 9);
    expect(await faults({ topic, files: [{ first: 0, text }], settled: true })).toEqual({});
  });

  test('lines whose records Kafka has no longer', async () => {
    const verdict = await judge({ topic: records(10, 12), files: chain });
    expect(faultsIn(verdict)).toEqual({});
    expect(verdict.gone).toBe(10);
  });

  test('lines whose records Kafka dropped while they were read', async () => {
    const topic = [record(0), ...records(5, 12)];
    const verdict = await judge({ topic, files: chain, boundsNow: { low: 5, high: 13 } });
    expect(faultsIn(verdict)).toEqual({});
    expect(verdict.gone).toBe(4);
  });

  test('lines of records that came after it began', async () => {
    const given = { topic: records(0, 10), files: chain, boundsNow: { low: 0, high: 13 } };
    expect(await judge(given)).toMatchObject({ differing: 0, lost: 0, pending: 0, lines: 13 });
  });

  test('a line without a record of a topic that is compacted', async () => {
    const topic = [record(0), record(2)];
    const files = [{ first: 0, text: lines(0, 2) }];
    expect(await faults({ topic, files, compacted: true })).toEqual({});
    expect(await faults({ topic, files })).toEqual({ differing: 1 });
  });

  test('a record that is no event, as a line that says so; it is counted', async () => {
    const rejected =
      '{"kafka_rejected":"not a JSON object","kafka_value":"aGk=","kafka_partition":0,"kafka_offset":0}\n';
    const verdict = await judge({ topic: [record(0, 'hi')], files: [{ first: 0, text: rejected }] });
    expect(faultsIn(verdict)).toEqual({});
    expect(verdict.rejected).toBe(1);
  });

  test('nothing at all', async () => {
    expect(await judge({ topic: [], files: [] })).toMatchObject({ lines: 0, lost: 0, pending: 0 });
    expect(await judge({ topic: records(0, 3), files: [] })).toMatchObject({ lost: 0, pending: 4 });
  });
});

describe('wrong is', () => {
  const topic = records(0, 9);
  const one = (text: string): Case => ({ topic, files: [{ first: 0, text }] });

  test('a line that is missing', async () => {
    const verdict = await judge(one(lines(0, 3) + lines(6, 9)));
    expect(faultsIn(verdict)).toEqual({ lost: 2 });
    expect(verdict.examples).toEqual([{ fault: 'lost', says: 'offsets 4 to 5' }]);
  });

  test('the beginning that is missing', async () => {
    expect(await faults({ topic, files: [{ first: 3, text: lines(3, 9) }] })).toEqual({ lost: 3 });
  });

  test('a line that comes twice, at once or later', async () => {
    expect(await faults(one(lines(0, 4) + line(4) + lines(5, 9)))).toEqual({ doubled: 1 });
    const verdict = await judge(one(lines(0, 9) + line(4)));
    expect(faultsIn(verdict)).toEqual({ doubled: 1 });
    expect(verdict.examples).toEqual([{ fault: 'doubled', says: 'file-0:11: offset 4' }]);
  });

  test('two lines that changed places: disordered, and nothing is lost', async () => {
    expect(await faults(one(lines(0, 3) + line(5) + line(4) + lines(6, 9)))).toEqual({ disordered: 1 });
  });

  test('a line that came late and is not its record', async () => {
    const text = lines(0, 3) + line(5) + line(4, 44) + lines(6, 9);
    expect(await faults(one(text))).toEqual({ disordered: 1, differing: 1 });
  });

  test('a line that came late twice', async () => {
    const text = lines(0, 3) + line(5) + line(4) + line(4) + lines(6, 9);
    expect(await faults(one(text))).toEqual({ disordered: 1, doubled: 1 });
  });

  test('a line that differs from its record', async () => {
    expect(await faults(one(lines(0, 3) + line(4, 44) + lines(5, 9)))).toEqual({ differing: 1 });
  });

  test('a line that is cut, and the one glued to it', async () => {
    const cut = line(4).slice(0, 5);
    expect(await faults(one(`${lines(0, 3)}${cut}\n${lines(5, 9)}`))).toEqual({ lost: 1, torn: 1 });
    expect(await faults(one(lines(0, 3) + cut + lines(5, 9)))).toEqual({ lost: 1, torn: 1 });
  });

  test('a cut line that Kafka has no record of any more', async () => {
    const files = [{ first: 0, text: line(0).slice(0, 5) + lines(1, 9) }];
    expect(await faults({ topic: records(5, 9), files })).toEqual({ torn: 1 });
  });

  test('a line beyond the end of the topic, as of one made anew', async () => {
    expect(await faults(one(lines(0, 11)))).toEqual({ differing: 2 });
  });

  test('a line of another partition', async () => {
    expect(await faults(one(lines(0, 9) + line(3, 3, 1)))).toEqual({ differing: 1 });
  });

  test('the end of a published file that is torn', async () => {
    const files = [
      { first: 0, last: 4, text: lines(0, 4).slice(0, -3) },
      { first: 5, text: lines(5, 9) },
    ];
    expect(await faults({ topic, files })).toEqual({ lost: 1, torn: 1, misnamed: 1 });
  });

  test('a file that is missing between two others, with and without Kafka’s records', async () => {
    const files = [
      { first: 0, last: 2, text: lines(0, 2) },
      { first: 6, text: lines(6, 9) },
    ];
    expect(await faults({ topic, files })).toEqual({ lost: 3, misnamed: 1 });
    expect(await faults({ topic: records(7, 9), files })).toEqual({ misnamed: 1 });
  });

  test('the last published file that is missing before an empty segment: lost, not pending', async () => {
    const files = [
      { first: 0, last: 4, text: lines(0, 4) },
      { first: 10, text: '' },
    ];
    expect(await faults({ topic, files })).toEqual({ lost: 5, misnamed: 1 });
  });

  test('files that overlap', async () => {
    const files = [
      { first: 0, last: 5, text: lines(0, 5) },
      { first: 4, text: lines(4, 9) },
    ];
    expect(await faults({ topic, files })).toEqual({ doubled: 2, misnamed: 1 });
  });

  test.each<[string, File[]]>([
    ['begins before its name', [{ first: 2, text: lines(0, 9) }]],
    ['ends before its name', [{ first: 0, last: 10, text: lines(0, 9) }]],
    ['ends behind its name', [{ first: 0, last: 8, text: lines(0, 9) }]],
  ])('a file that %s', async (_, files) => {
    expect(await faults({ topic, files })).toEqual({ misnamed: 1 });
  });

  test('a published file without a line', async () => {
    const files = [
      { first: 0, last: 9, text: '' },
      { first: 10, text: '' },
    ];
    expect(await faults({ topic, files })).toEqual({ lost: 10, misnamed: 1 });
  });
});

test('what is lost is counted in full, whatever is remembered of it', async () => {
  const topic = records(0, 250_000);
  const files = [{ first: 0, text: line(0) + line(250_000) + line(5) + line(240_000) }];
  const verdict = await judge({ topic, files });
  expect(faultsIn(verdict)).toEqual({ lost: 249_997, disordered: 2 });
});

describe('Kafka is asked for its bounds once', () => {
  async function asksFor(given: Case): Promise<number> {
    let asked = 0;
    await judge({ ...given, onAsk: () => (asked += 1) });
    return asked;
  }

  test('however many lines are beyond the topic’s end', async () => {
    expect(await asksFor({ topic: records(0, 9), files: [{ first: 0, text: lines(0, 999) }] })).toBe(1);
  });

  test('however many lines in a row have no record', async () => {
    const topic = [record(0), record(500), record(900)];
    expect(await asksFor({ topic, files: [{ first: 0, text: lines(0, 899) }] })).toBe(1);
  });

  test('a chunk of lines, and a limited number of times in all', async () => {
    const files = (count: number): File[] =>
      Array.from({ length: count }, (_, index) => ({ first: index, last: index, text: line(index) }));
    expect(await asksFor({ topic: [record(0)], files: files(11) })).toBe(10);
    expect(await asksFor({ topic: [record(0)], files: files(1_000) })).toBe(100);
  });
});

describe('bytes without a line feed at the end of the open file', () => {
  const rest = (bytes: number): Verdict => {
    const audit = new PartitionAudit({ partition: 0, low: 0, high: 0, settled: false, compacted: false });
    const file: StoredFile = { id: '1', path: 'file-0', bytes, partition: 0, first: 0, last: undefined };
    audit.beginFile(file);
    audit.endFile(file, bytes, true);
    return audit.verdict();
  };

  test('are an append under way, but torn where they are more than any line has', () => {
    expect(rest(256 * 1_048_576)).toMatchObject({ unfinished: true, torn: 0 });
    expect(rest(256 * 1_048_576 + 1)).toMatchObject({ unfinished: false, torn: 1 });
  });
});
