import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../../infra/runtime/cli/finding.ts';
import { NOT_KEPT } from '../../../../../sink/check/retry-budget.ts';
import type { Trial } from '../../../../../sink/check/trial/trial.ts';
import { assessTrial } from '../../../../../sink/check/trial/trial-findings.ts';
import { FileSystemError } from '../../../../../sink/storage/errors.ts';

const ACTOR = { user: 'me', folder: '/data' };

const levels = (findings: readonly Finding[]) => findings.map(({ level }) => level);
const away = new FileSystemError('unavailable', 'ECONNREFUSED', 'no answer: ECONNREFUSED');

describe('the trial', () => {
  const trial = (changes: Partial<Trial>): Trial => ({
    steps: [],
    appendsMs: [],
    obstacle: undefined,
    file: undefined,
    failure: undefined,
    passed: [],
    ...changes,
  });

  test('of an erasure-coded folder fails', () => {
    const [finding] = assessTrial(
      trial({ obstacle: { kind: 'erasure-coded', policy: 'RS-6-3-1024k' } }),
      ACTOR,
    );
    expect(finding).toMatchObject({ level: 'fail', says: expect.stringContaining('RS-6-3-1024k') });
  });

  test('of a folder in an encryption zone fails, and names the transport that could work', () => {
    const [finding] = assessTrial(trial({ obstacle: { kind: 'encrypted' } }), ACTOR);
    expect(finding).toMatchObject({ level: 'fail', more: expect.stringContaining('WebHDFS') });
  });

  test.each([
    [[900, 399, 40], 'ok'],
    [[900, 400, 40], 'ok'],
    [[900, 400, 40, 400], 'warn'],
    [[430, 431, 432], 'warn'],
  ])('sees the close delay in two appends beside the first: %j', (appendsMs, level) => {
    expect(levels(assessTrial(trial({ appendsMs }), ACTOR))).toEqual([level]);
  });

  test('with a fault that passed warns of it, and one that did not is the failure alone', () => {
    const passed = [{ step: 'append' as const, error: away }];
    const [warning, ...none] = assessTrial(trial({ passed }), ACTOR);
    expect(warning).toMatchObject({
      level: 'warn',
      says: away.message,
      more: expect.stringContaining('passed'),
    });
    expect(none).toEqual([]);
    const failure = { step: 'append' as const, error: away };
    expect(levels(assessTrial(trial({ passed, failure }), ACTOR))).toEqual(['fail']);
  });

  test('with the slow close prints the property that mends it', () => {
    const [finding] = assessTrial(trial({ appendsMs: [431, 431, 431] }), ACTOR);
    expect(finding?.more).toContain(
      '<name>dfs.client.block.write.locateFollowingBlock.initial.delay.ms</name>\n  <value>10</value>',
    );
  });

  test.each([
    [3, 'ok'],
    [2, 'warn'],
  ])('with replication 3 and %d replicas is %s', (replicas, level) => {
    const file = { blockBytes: 1, replication: 3, replicas, lengthFailure: undefined };
    expect(levels(assessTrial(trial({ file }), ACTOR))).toEqual([level]);
  });

  test('without an answer of the DataNodes about an open file warns, and says which port they want', () => {
    const lengthFailure = 'length of /a: connect ECONNREFUSED 10.0.0.1:9867';
    const file = { blockBytes: 1, replication: 1, replicas: 1, lengthFailure };
    const [, finding] = assessTrial(trial({ file }), ACTOR);
    expect(finding).toMatchObject({ level: 'warn', subject: 'length', says: lengthFailure });
    expect(finding?.more).toContain('dfs.datanode.ipc.address');
  });

  test.each([
    ['SafeModeException', 'in safe mode', '-safemode get'],
    ['RetriableException', 'SafeModeException: Name node is in safe mode', '-safemode get'],
    [
      'AccessControlException',
      'Permission denied: user=me, access=WRITE, inode="/data":a:b',
      'chown me /data"',
    ],
    [
      'AccessControlException',
      'Permission denied: user=token-owner, access=WRITE, inode="/data":a:b',
      'chown token-owner /data"',
    ],
    [
      'AccessControlException',
      'Permission denied: user=me, access=WRITE, inode="/data/topic":a:b',
      '"hdfs dfs -chown me /data/topic"',
    ],
    [
      'AccessControlException',
      'Permission denied: user=me, access=WRITE, inode="/":hdfs:supergroup',
      'right: "hdfs dfs -mkdir -p /data" and "hdfs dfs -chown me /data", or',
    ],
    [
      'IllegalArgumentException',
      'Invalid value: "11100215" does not belong to the domain ^[A-Za-z_][A-Za-z0-9._-]*[$]?$',
      'dfs.webhdfs.user.provider.user.pattern',
    ],
    ['DSQuotaExceededException', 'exceeded', '-setSpaceQuota'],
    ['UnsupportedOperationException', 'no', 'LAZY_PERSIST'],
    ['InvalidToken', 'expired', 'HDFS_TOKEN_FILE'],
    [NOT_KEPT, 'went over it', 'exactly-once leans on this'],
  ])('that fails by %s says what to do', (reason, message, advice) => {
    const failure = { step: 'append' as const, error: new FileSystemError('refused', reason, message) };
    const [finding] = assessTrial(trial({ failure }), ACTOR);
    expect(finding).toMatchObject({ level: 'fail', says: message, more: expect.stringContaining(advice) });
  });
});
