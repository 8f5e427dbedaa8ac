import { describe, expect, it } from 'vitest';
import { CollectorError, type ErrorCode } from '../../../../producer/events/errors.ts';
import type { EventOutcome } from '../../../../producer/events/event-outcome.ts';
import { answerBatch } from '../../../../producer/http/answer.ts';

const RECEIPT = { id: 'i', timestamp: '2026-11-22T14:03:07.123Z', topic: 't', partition: 0, offset: 7 };
const ACKED: EventOutcome = { is: 'acked', receipt: RECEIPT };
const DROPPED: EventOutcome = { is: 'ignored', reason: 'dropped' };
const refused = (code: ErrorCode, retryAfterSeconds?: number): EventOutcome => ({
  is: 'refused',
  id: 'i',
  error: new CollectorError(code, 'why', retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

describe('the answer to a batch', () => {
  it.each<[string, readonly EventOutcome[], number, string | null]>([
    ['all stored', [ACKED, ACKED], 200, null],
    ['all dropped', [DROPPED, DROPPED], 204, null],
    ['all refused for one reason', [refused('overloaded'), refused('overloaded')], 503, '1'],
    ['all refused for ever', [refused('broker_refused')], 502, null],
    ['refused for two reasons of one status', [refused('overloaded'), refused('outcome_unknown')], 207, '5'],
    ['some stored, some not', [ACKED, refused('broker_unavailable'), DROPPED], 207, '2'],
    ['some stored, some wrong', [ACKED, refused('invalid_request')], 207, null],
    ['the longest wait', [refused('rate_limited', 3), refused('rate_limited', 9)], 429, '9'],
  ])('%s', async (_, all, status, retryAfter) => {
    const response = answerBatch(all, {});
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter]);
    if (status === 204) return;
    const { events } = (await response.json()) as { events: { status: number }[] };
    const statuses = { acked: 200, ignored: 204 } as const;
    const alone = all.map((one) => (one.is === 'refused' ? one.error.answer.status : statuses[one.is]));
    expect(events.map((event) => event.status)).toEqual(alone);
  });

  it('names the mistakes of all, twenty at most', async () => {
    const wrong = new CollectorError('invalid_request', 'x', { problems: ['user is empty', 'id is not'] });
    const all = Array.from({ length: 30 }, (): EventOutcome => ({ is: 'refused', error: wrong }));
    const { problems } = (await answerBatch(all, {}).json()) as { problems: string[] };
    expect(problems).toHaveLength(21);
    expect([problems[0], problems[3], problems[20]]).toEqual([
      'event 0: user is empty',
      'event 1: id is not',
      'and 40 more',
    ]);
  });
});
