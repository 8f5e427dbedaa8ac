import { describe, expect, test } from 'vitest';
import { LedgerError, StoreError } from '../../../../sink/ledger/errors.ts';
import { endByError } from '../../../../sink/partition/claim-end.ts';

const WRITING = { isReleased: false, isDraining: false };
const contradiction = new LedgerError('offset 7 is missing');
const fence = new StoreError('fenced', 'FileNotFoundException', 'gone');
const outage = new StoreError('unavailable', 'ConnectException', 'refused');

describe('an error of a claim', () => {
  test.each([contradiction, fence, outage])('means nothing once the partition is released', (error) => {
    const released = { isReleased: true, isDraining: true };
    expect(endByError(error, released)).toEqual({ kind: 'over' });
  });

  test.each([contradiction, fence, outage])('ends a drain without a further claim', (error) => {
    expect(endByError(error, { isReleased: false, isDraining: true })).toEqual({ kind: 'undrained', error });
  });

  test('stops the partition when Kafka and HDFS contradict each other', () => {
    expect(endByError(contradiction, WRITING)).toEqual({ kind: 'contradiction', error: contradiction });
  });

  test('is told apart from a fence', () => {
    expect(endByError(fence, WRITING)).toMatchObject({ kind: 'failed', isFenced: true });
    expect(endByError(outage, WRITING)).toMatchObject({ kind: 'failed', isFenced: false });
  });

  test.each([
    [outage, 'ConnectException'],
    [Object.assign(new Error('no leader'), { code: -195 }), 'Kafka -195'],
    [new Error('Kafka went back'), 'unexpected'],
  ])('has one word for metrics (%s)', (error, reason) => {
    expect(endByError(error, WRITING)).toMatchObject({ kind: 'failed', reason });
  });
});
