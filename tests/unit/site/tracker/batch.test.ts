import { expect, it } from 'vitest';
import { isTooMuch } from '../../../../site/tracker/batch.ts';

it('takes 400 and 413 for a word about the batch only where the answer names no events', () => {
  const tooMuch = (body: object) => isTooMuch({ body, retryAfterMs: 0 });
  expect(tooMuch({ status: 413 })).toBe(true);
  expect(tooMuch({ status: 400, code: 'invalid_request' })).toBe(true);
  expect(tooMuch({ status: 400, events: [{ status: 400 }] })).toBe(false);
  expect(tooMuch({ status: 404 })).toBe(false);
});
