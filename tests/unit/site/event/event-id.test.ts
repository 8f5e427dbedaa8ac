import { version } from 'uuid';
import { expect, it } from 'vitest';
import { eventId } from '../../../../site/event/event-id.ts';

it('makes a UUID of version 7', () => {
  expect(version(eventId(Date.now()))).toBe(7);
});

it.each([-1_000, 0, 8.64e15])('makes a UUID of version 7 whatever the clock says (%d)', (atMs) => {
  expect(version(eventId(atMs))).toBe(7);
});

it('makes ids that are distinct and sort as they were made, within one millisecond too', () => {
  const now = Date.now();
  // The counter has any value at this point. No page makes 1,000 ids within a millisecond.
  const ids = [now, now + 1, now + 70_000].flatMap((atMs) =>
    Array.from({ length: 1_000 }, () => eventId(atMs)),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});
