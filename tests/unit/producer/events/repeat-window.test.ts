import { setImmediate } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { CollectorError } from '../../../../producer/events/errors.ts';
import { type EventOutcome, refusedOutcome } from '../../../../producer/events/event-outcome.ts';
import { RepeatWindow } from '../../../../producer/events/repeat-window.ts';

let nowMs: number;
let repeats: RepeatWindow;

beforeEach(() => {
  nowMs = 0;
  repeats = new RepeatWindow({ windowMs: 100, maxEntries: 2, now: () => nowMs });
});

function acked(id: string): EventOutcome {
  return { is: 'acked', receipt: { id, timestamp: '', topic: '', partition: 0, offset: 0 } };
}

const refused = refusedOutcome(new CollectorError('broker_refused', 'no'), undefined);

/** An outcome that is undecided until `decide` is called. */
function undecided(): { outcome: EventOutcome; decide: (late: EventOutcome) => Promise<void> } {
  let resolve: (late: EventOutcome) => void = () => {};
  const late = new Promise<EventOutcome>((resolved) => {
    resolve = resolved;
  });
  const decide = async (outcome: EventOutcome) => {
    resolve(outcome);
    await setImmediate();
  };
  return { outcome: { ...refusedOutcome(new CollectorError('outcome_unknown', 'why'), 'a'), late }, decide };
}

/** Waits for what the window makes of the outcome. */
async function store(key: string, outcome: EventOutcome): Promise<void> {
  repeats.once(key, () => Promise.resolve(outcome));
  await setImmediate();
}

it('stores a key once, and gives the repeats the outcome of the first', async () => {
  const first = Promise.resolve(acked('first'));
  expect(repeats.once('a', () => first)).toEqual({ repeated: false, outcome: first });
  const again = repeats.once('a', () => Promise.reject(new Error('stored twice')));
  expect(again.repeated).toBe(true);
  expect(await again.outcome).toEqual(acked('first'));
});

it('finds what began within the window, and not a moment longer', async () => {
  await store('a', acked('first'));
  nowMs = 99;
  expect(await repeats.find('a')).toEqual(acked('first'));
  nowMs = 100;
  expect(repeats.find('a')).toBeUndefined();
});

it('keeps the number it may, and lets the oldest go first', async () => {
  for (const key of ['a', 'b', 'c']) await store(key, acked(key));
  const found = await Promise.all(['a', 'b', 'c'].map((key) => repeats.find(key)));
  expect(found).toEqual([undefined, acked('b'), acked('c')]);
  expect(repeats.size).toBe(2);
});

it('never has more than it may, and never lets more than a small part of that go before its time', async () => {
  repeats = new RepeatWindow({ windowMs: 100, maxEntries: 128, now: () => nowMs });
  const sizes: number[] = [];
  for (let event = 0; event < 1_000; event++) {
    repeats.once(`${event}`, () => Promise.resolve(acked('a')));
    if (event >= 128) sizes.push(repeats.size);
  }
  expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([126, 128]);
});

it('lets go of what is over when something begins', async () => {
  await store('a', acked('a'));
  nowMs = 100;
  await store('b', acked('b'));
  expect(repeats.size).toBe(1);
});

it('forgets an event that was not stored, and one whose storing broke', async () => {
  await store('a', refused);
  expect(repeats.find('a')).toBeUndefined();
  await expect(repeats.once('a', () => Promise.reject(new Error('broken'))).outcome).rejects.toThrow(
    'broken',
  );
  expect(repeats.find('a')).toBeUndefined();
});

it('keeps an undecided outcome, and then the late one for no longer than the first', async () => {
  const { outcome, decide } = undecided();
  await store('a', outcome);
  expect(await repeats.find('a')).toBe(outcome);
  nowMs = 60;
  await decide(acked('late'));
  expect(await repeats.find('a')).toEqual(acked('late'));
  nowMs = 100;
  expect(repeats.find('a')).toBeUndefined();
});

it('forgets an undecided outcome once it is known that the event was not stored', async () => {
  const { outcome, decide } = undecided();
  await store('a', outcome);
  await decide(refused);
  expect(repeats.find('a')).toBeUndefined();
});

it('does not bring back what it has forgotten', async () => {
  const { outcome, decide } = undecided();
  await store('a', outcome);
  await store('b', acked('b'));
  await store('c', acked('c'));
  await decide(acked('late'));
  expect(repeats.find('a')).toBeUndefined();
});

it.each([acked('late'), refused])(
  'lets no late outcome touch a key that has begun anew: $is',
  async (late) => {
    const { outcome, decide } = undecided();
    await store('a', outcome);
    nowMs = 100;
    await store('a', acked('second'));
    await decide(late);
    expect(await repeats.find('a')).toEqual(acked('second'));
  },
);

it('keeps nothing where it may keep nothing', async () => {
  repeats = new RepeatWindow({ windowMs: 100, maxEntries: 0, now: () => nowMs });
  await store('a', acked('a'));
  expect([repeats.find('a'), repeats.size]).toEqual([undefined, 0]);
});
