import { version } from 'uuid';
import { expect, it } from 'vitest';
import { eventId } from '../../../../site/tracker/event-id.ts';

it('makes a UUID of version 7', () => {
  expect(version(eventId(Date.now()))).toBe(7);
});

it('makes ids that are distinct and sort as they were made, within one millisecond too', () => {
  const now = Date.now();
  // A page's counter is at any value when it begins; 1,000 are more than a page makes in a millisecond.
  const ids = [now, now + 1, now + 70_000].flatMap((atMs) =>
    Array.from({ length: 1_000 }, () => eventId(atMs)),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});
