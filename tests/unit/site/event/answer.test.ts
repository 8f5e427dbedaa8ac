import { describe, expect, it } from 'vitest';
import { codeOf, settledBy } from '../../../../site/event/answer.ts';

const RECEIPT = { id: 'i', timestamp: 't', topic: 'web-events', partition: 2, offset: 0 };

const ended = (status: number, said?: object) => settledBy('i', { ...said, status });
const problem = (code: string) => ({ type: `urn:web-events:${code}`, code });

describe('an answer about an event', () => {
  it('stores the event with a receipt, and hands the receipt on as it is', () => {
    expect(ended(200, RECEIPT)).toEqual({ is: 'stored', id: 'i', receipt: RECEIPT });
  });

  it('refuses the event with the code, the detail and every mistake', () => {
    const refusal = { ...problem('invalid_request'), detail: 'd', problems: ['user is empty'] };
    expect(ended(400, refusal)).toEqual({ is: 'refused', id: 'i', ...refusal });
  });

  it.each([400, 413, 415])('ends the event on %i where the producer says so', (status) => {
    expect(ended(status, problem('c'))).toMatchObject({ is: 'refused', id: 'i', code: 'c' });
    expect(settledBy('i', { status, code: 'c' }, { events: [] })).toMatchObject({ is: 'refused' });
  });

  it.each([200, 204, 400, 401, 403, 404, 407, 410, 413, 451, 502, 511])(
    'does not end the event on %i of a proxy or a captive portal',
    (status) => {
      for (const said of [{}, { code: 'broker_refused' }, { type: 'about:blank', code: 'invalid_request' }]) {
        expect(ended(status, said)).toBeUndefined();
      }
    },
  );

  it('stores the event only with a receipt of this event', () => {
    expect(ended(200, { ...RECEIPT, id: 'of another event' })).toBeUndefined();
    expect(ended(200, { offset: 7 })).toBeUndefined();
  });

  it('ends the event where the broker refused for good', () => {
    expect(ended(502, problem('broker_refused'))).toMatchObject({ is: 'refused', code: 'broker_refused' });
  });

  it.each([
    [408, 'request_timeout'],
    [425, 'too_early'],
    [429, 'rate_limited'],
    [500, 'internal'],
    [502, 'bad_gateway'],
    [503, 'overloaded'],
    [503, 'outcome_unknown'],
  ])('leaves %i %s to be sent again', (status, code) => {
    expect(ended(status, problem(code))).toBeUndefined();
  });

  it('leaves no answer, and a 200 without a receipt, to be sent again', () => {
    expect(settledBy('i', { code: 'unanswered' })).toBeUndefined();
    expect(ended(200)).toBeUndefined();
  });

  it('ignores what the privacy policy drops, and keeps an event of a page that is not shown yet', () => {
    expect(ended(204, { code: 'dropped' })).toEqual({ is: 'ignored', id: 'i', code: 'dropped' });
    expect(ended(204, { code: 'prefetch' })).toBeUndefined();
  });

  it('names the reason by its code, else by the status', () => {
    expect(codeOf({ status: 503, code: 'draining' })).toBe('draining');
    expect(codeOf({ status: 502, code: null })).toBe('http_502');
  });
});
