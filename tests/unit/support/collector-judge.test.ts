import { describe, expect, test } from 'vitest';
import {
  type Attempt,
  type Breaches,
  judgeAnswers,
  type SentEvent,
  type StoredEvent,
  type Told,
  TRUE_ANSWERS,
} from '../../support/judge/collector-judge.ts';

const TIMESTAMP = '2026-11-22T14:03:07.123Z';
const UNKNOWN: Told = { is: 'unknown' };
const REFUSED: Told = { is: 'refused', code: 'overloaded' };
const PIXEL: Told = { is: 'acked' };

function ackedAt(offset: number, { id = 'one', partition = 0 } = {}): Told {
  return { is: 'acked', receipt: { id, timestamp: TIMESTAMP, topic: 't', partition, offset } };
}

function stored(offset: number, changed: Partial<StoredEvent> = {}): StoredEvent {
  return { partition: 0, offset, id: 'one', timestamp: TIMESTAMP, service: 's', user: 'kim', ...changed };
}

const told = (...all: Told[]): Attempt[] => all.map((one) => ({ process: 0, told: one }));
const sent = (...all: Told[]): SentEvent => ({ service: 's', user: 'kim', attempts: told(...all) });
const sentAsOne = (...all: Told[]): SentEvent => ({ ...sent(...all), id: 'one' });
const inTwoProcesses: SentEvent = {
  ...sentAsOne(),
  attempts: [
    { process: 0, told: ackedAt(0) },
    { process: 1, told: ackedAt(1) },
  ],
};
const later = (told_: Told): SentEvent => ({ service: 'later', user: 'kim', attempts: told(told_) });

const headings = (breaches: Breaches): string[] =>
  Object.entries(breaches).flatMap(([heading, findings]) => (findings.length > 0 ? [heading] : []));

describe('the judge of answers finds nothing where', () => {
  const cases: readonly [string, readonly SentEvent[], readonly StoredEvent[]][] = [
    ['nothing was sent', [], []],
    ['what was acknowledged is where the receipt says', [sent(ackedAt(3))], [stored(3)]],
    ['a repeated id has the same receipt', [sentAsOne(ackedAt(0), ackedAt(0))], [stored(0)]],
    ['what was refused is nowhere', [sent(REFUSED)], []],
    ['what was refused was stored when it came again', [sentAsOne(REFUSED, ackedAt(0))], [stored(0)]],
    ['an unknown one is stored', [sent(UNKNOWN)], [stored(0)]],
    ['an unknown one is not', [sent(UNKNOWN)], []],
    ['an unknown one came again', [sentAsOne(UNKNOWN, ackedAt(1))], [stored(0), stored(1)]],
    ['a pixel is acknowledged', [sent(PIXEL)], [stored(0)]],
    ['another process knew nothing of the id', [inTwoProcesses], [stored(0), stored(1)]],
  ];
  test.each(cases)('%s', (_, events, records) => {
    expect(judgeAnswers(events, records)).toEqual(TRUE_ANSWERS);
  });
});

describe('the judge of answers finds, and under no other heading,', () => {
  const cases: readonly [string, readonly SentEvent[], readonly StoredEvent[], string][] = [
    ['an acknowledged one nowhere', [sent(ackedAt(0))], [], 'lost'],
    ['an acknowledged one elsewhere', [sent(ackedAt(0))], [stored(1)], 'lost'],
    ['another partition', [sent(ackedAt(0))], [stored(0, { partition: 1 })], 'lost'],
    ['another id than the receipt has', [sent(ackedAt(0))], [stored(0, { id: 'two' })], 'lost'],
    ['another id than its own', [sentAsOne(ackedAt(0, { id: 'two' }))], [stored(0, { id: 'two' })], 'lost'],
    ['another time', [sent(ackedAt(0))], [stored(0, { timestamp: '2026-11-22T14:03:07.124Z' })], 'lost'],
    ['another user', [sent(ackedAt(0))], [stored(0, { user: 'lee' })], 'lost'],
    ['an acknowledged pixel nowhere', [sent(PIXEL)], [], 'lost'],
    ['an acknowledged one twice', [sent(ackedAt(0))], [stored(0), stored(1)], 'doubled'],
    ['an acknowledged pixel twice', [sent(PIXEL)], [stored(0), stored(1)], 'doubled'],
    ['an unknown one twice', [sent(UNKNOWN)], [stored(0), stored(1)], 'doubled'],
    [
      'an id that one process stored twice',
      [sentAsOne(ackedAt(0), ackedAt(1))],
      [stored(0), stored(1)],
      'doubled',
    ],
    ['a refused one', [sent(REFUSED)], [stored(0)], 'false'],
    ['one that nobody sent', [], [stored(0)], 'false'],
    [
      'a later one before it',
      [sent(ackedAt(1)), later(ackedAt(0))],
      [stored(0, { service: 'later' }), stored(1)],
      'reordered',
    ],
    [
      'the same user in two partitions',
      [sent(ackedAt(0)), later(ackedAt(1, { partition: 1 }))],
      [stored(0), stored(1, { partition: 1, service: 'later' })],
      'reordered',
    ],
  ];
  test.each(cases)('%s', (_, events, records, heading) => {
    expect(headings(judgeAnswers(events, records))).toEqual([heading]);
  });
});
