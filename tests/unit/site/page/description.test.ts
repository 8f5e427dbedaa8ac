import { expect, describe as group, it } from 'vitest';
import { ANSWERS } from '../../../../producer/events/errors.ts';
import { settledBy } from '../../../../site/event/answer.ts';
import { describe } from '../../../../site/page/description.ts';
import { NOTHING_STORED } from '../../../../site/page/select-request.ts';

const id = 'i';

group('a description', () => {
  it('names the topic, the partition and the offset of a stored event', () => {
    const receipt = { id, timestamp: 't', topic: 'web-events', partition: 2, offset: 41 };
    expect(describe({ is: 'stored', id, receipt })).toEqual({
      shown: 'stored',
      text: '기록됨 — 토픽 web-events, 파티션 2, 오프셋 41',
    });
  });

  it('names every mistake of a refused event', () => {
    const problems = ['user is empty', 'service is empty'];
    const { text } = describe({ is: 'refused', id, code: 'invalid_request', detail: 'd', problems });
    expect(text).toBe('기록되지 않음 — user is empty, service is empty');
  });

  it('says in whole seconds when the page sends again, and at least one', () => {
    const retrying = { is: 'retrying', code: 'draining', mayBeStored: false } as const;
    expect(describe({ ...retrying, afterMs: 90 }).text).toContain('1초 뒤');
    expect(describe({ ...retrying, afterMs: 7_400 }).text).toContain('7초 뒤');
  });

  it.each([
    [true, 'unknown', '기록 여부를 알 수 없음'],
    [false, 'failed', '기록되지 않음'],
  ])('does not claim more than is known of an abandoned event (%j)', (mayBeStored, shown, text) => {
    const description = describe({ is: 'abandoned', code: 'draining', mayBeStored });
    expect(description.shown).toBe(shown);
    expect(description.text).toContain(text);
  });
});

group('the codes that make the page send again', () => {
  const codes = Object.entries(ANSWERS)
    .filter(
      ([code, { status }]) => settledBy(id, { status, code, type: `urn:web-events:${code}` }) === undefined,
    )
    .map(([code]) => code);

  it.each(codes)('have a reason in Korean: %s', (code) => {
    const { text } = describe({ is: 'retrying', code, mayBeStored: false, afterMs: 1_000 });
    expect(text).not.toContain(code);
  });

  it('all say that nothing was stored, but for outcome_unknown', () => {
    expect(codes.filter((code) => !NOTHING_STORED.includes(code))).toEqual(['outcome_unknown']);
  });
});
