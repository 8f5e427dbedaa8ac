import { describe, expect, it } from 'vitest';
import { type Answer, isTooMuch, itemOf, settledBy } from '../../../../site/tracker/answer.ts';

const RECEIPT = { id: 'i', timestamp: 't', topic: 'web-events', partition: 2, offset: 0 };

function answer(status: number, body: object = {}): Answer {
  return { status, body, retryAfterMs: 0 };
}

/** How the only event of a batch ended by an answer. */
const ended = (status: number, body?: object) => settledBy('i', itemOf(answer(status, body), 0));

describe('an answer of the collector', () => {
  it('settles each event of a batch by its own item, in their order', () => {
    const body = {
      events: [{ status: 200, ...RECEIPT }, { status: 400, code: 'invalid_request' }, { status: 503 }],
    };
    const items = [0, 1, 2].map((i) => settledBy('i', itemOf(answer(207, body), i)));
    expect(items.map((item) => item?.is)).toEqual(['stored', 'refused', undefined]);
  });

  it('has stored what has a receipt, and hands it on as it is', () => {
    expect(ended(200, { events: [{ status: 200, ...RECEIPT }] })).toEqual({
      is: 'stored',
      id: 'i',
      receipt: RECEIPT,
    });
  });

  it('refuses with the code, the detail and every mistake', () => {
    const refusal = { code: 'invalid_request', detail: 'd', problems: ['user is empty'] };
    expect(ended(400, { events: [{ status: 400, ...refusal }] })).toEqual({
      is: 'refused',
      id: 'i',
      ...refusal,
    });
  });

  it.each([400, 401, 403, 404, 413, 415])('ends on %i, whoever says it', (status) => {
    expect(ended(status)).toEqual({ is: 'refused', id: 'i', code: `http_${status}` });
  });

  it('ends on what the broker refused for good', () => {
    expect(ended(502, { code: 'broker_refused' })).toMatchObject({ is: 'refused', code: 'broker_refused' });
  });

  it.each([
    [0, 'unanswered'],
    [408, 'request_timeout'],
    [425, 'too_early'],
    [429, 'rate_limited'],
    [500, 'internal'],
    [502, 'bad_gateway'],
    [503, 'overloaded'],
    [503, 'outcome_unknown'],
  ])('leaves %i %s to be sent again', (status, code) => {
    expect(ended(status, { code })).toBeUndefined();
    expect(ended(207, { events: [{ status, code }] })).toBeUndefined();
  });

  it('leaves to be sent again what a stranger answers with 200, or forgot to mention', () => {
    expect(ended(200)).toBeUndefined();
    expect(ended(200, { events: [] })).toBeUndefined();
    expect(ended(200, { events: 'none' })).toBeUndefined();
  });

  it('ignores what the privacy policy drops, and keeps what a page asked for that is not shown yet', () => {
    expect(ended(204, { code: 'dropped' })).toEqual({ is: 'ignored', id: 'i', code: 'dropped' });
    expect(ended(204, { code: 'prefetch' })).toBeUndefined();
  });

  it('may mean the batch alone only where it says nothing of its events', () => {
    expect(isTooMuch(answer(413))).toBe(true);
    expect(isTooMuch(answer(400, { code: 'invalid_request' }))).toBe(true);
    expect(isTooMuch(answer(400, { events: [{ status: 400 }] }))).toBe(false);
    expect(isTooMuch(answer(404))).toBe(false);
  });
});
