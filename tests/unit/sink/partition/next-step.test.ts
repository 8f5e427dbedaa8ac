import { describe, expect, test } from 'vitest';
import { nextStep, type Schedule, type Situation, type Step } from '../../../../sink/partition/next-step.ts';

const SCHEDULE: Schedule = {
  flushCount: 10,
  flushIntervalMs: 1_000,
  rollBytes: 5_000,
  rollIntervalMs: 60_000,
};
const NOW_MS = 1_000_000;

const empty = { first: 7, bytes: 0 };
const open = { first: 0, bytes: 100, content: { hour: 5, sinceMs: NOW_MS - 10_000, last: 6 } };
const full = { ...open, bytes: 5_000 };
const old = { ...open, content: { ...open.content, sinceMs: NOW_MS - 60_000 } };
const fresh = (count: number, hour = 5) => ({ count, sinceMs: NOW_MS - 200, hour, full: false });

const IDLE: Situation = {
  nowMs: NOW_MS,
  draining: false,
  waiting: undefined,
  current: empty,
  publishAtMs: undefined,
};

const append: Step = { do: 'append' };
const roll: Step = { do: 'roll' };
const publish: Step = { do: 'publish' };
const finish: Step = { do: 'finish' };
const wait = (untilMs?: number): Step => ({ do: 'wait', untilMs });

function promise(name: string, situation: Partial<Situation>, step: Step): void {
  test(name, () => {
    expect(nextStep({ ...IDLE, ...situation }, SCHEDULE)).toEqual(step);
  });
}

describe('flushing', () => {
  promise('waits for ever where nothing is there', {}, wait());
  promise('waits for the interval of the oldest line', { waiting: fresh(9) }, wait(NOW_MS + 800));
  promise('comes with the tenth line', { waiting: fresh(10) }, append);
  promise('comes with a full buffer', { waiting: { ...fresh(1), full: true } }, append);
  promise('takes more than ten at once', { waiting: fresh(5_000) }, append);
  promise(
    'comes with the interval',
    { waiting: { ...fresh(1), sinceMs: NOW_MS - 1_000 }, current: open },
    append,
  );
});

describe('rolling', () => {
  promise('comes with the bytes', { current: full }, roll);
  promise('comes with the interval', { current: old }, roll);
  promise('comes with a line of a later hour, due or not', { current: open, waiting: fresh(1, 6) }, roll);
  promise('comes before a flush that is due', { current: full, waiting: fresh(10) }, roll);
  promise('never takes an empty segment', { waiting: fresh(10, 99) }, append);
  promise('is waited for', { current: open }, wait(NOW_MS + 50_000));
});

describe('publishing', () => {
  promise('comes before an append', { publishAtMs: 0, waiting: fresh(10), current: open }, publish);
  promise('comes before a roll', { publishAtMs: NOW_MS, current: full }, publish);
  promise(
    'that is put off holds up no append',
    { publishAtMs: NOW_MS + 5_000, waiting: fresh(10), current: open },
    append,
  );
  promise('that is put off is waited for', { publishAtMs: NOW_MS + 5_000 }, wait(NOW_MS + 5_000));
});

describe('draining', () => {
  const draining = true;
  promise('ends at once where nothing waits', { draining, current: open }, finish);
  promise('flushes a single fresh line', { draining, current: open, waiting: fresh(1) }, append);
  promise(
    'rolls where the last lines are of another hour',
    { draining, current: open, waiting: fresh(1, 6) },
    roll,
  );
  promise('does not roll for an empty next segment', { draining, current: full }, finish);
  promise('leaves what is finished to the next owner', { draining, publishAtMs: 0, current: open }, finish);
  promise(
    'does not wait for a publish put off',
    { draining, publishAtMs: NOW_MS + 1, current: open },
    finish,
  );
});

describe('waiting', () => {
  promise(
    'ends with the nearest of flush, roll and publish',
    { waiting: fresh(1), current: open, publishAtMs: NOW_MS + 799 },
    wait(NOW_MS + 799),
  );
  promise(
    'ends with the flush where that is nearest',
    { waiting: fresh(1), current: open, publishAtMs: NOW_MS + 9_000 },
    wait(NOW_MS + 800),
  );
});
