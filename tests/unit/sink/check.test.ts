import { describe, expect, test } from 'vitest';
import { type Finding, lines, ok, summary } from '../../../infra/runtime/finding.ts';
import { inBytes } from '../../../sink/check/amounts.ts';
import { assessDataNodes } from '../../../sink/check/data-node-findings.ts';
import { assessFolder } from '../../../sink/check/folder-findings.ts';
import type { FolderInspection } from '../../../sink/check/folder-inspection.ts';
import type { Quota } from '../../../sink/check/inspector/inspector.ts';
import { assessNameNodes } from '../../../sink/check/name-node-findings.ts';
import { NOT_KEPT, RetryBudget } from '../../../sink/check/retry-budget.ts';
import { assessTopic } from '../../../sink/check/topic-findings.ts';
import type { TopicInspection } from '../../../sink/check/topic-inspection.ts';
import type { Trial } from '../../../sink/check/trial/trial.ts';
import { assessTrial } from '../../../sink/check/trial/trial-findings.ts';
import { FileSystemError } from '../../../sink/storage/errors.ts';

const levels = (findings: readonly Finding[]) => findings.map(({ level }) => level);
const only = (findings: readonly Finding[], level: Finding['level']) =>
  findings.filter((finding) => finding.level === level);
const away = new FileSystemError('unavailable', 'ECONNREFUSED', 'no answer: ECONNREFUSED');

describe('the report', () => {
  const warning: Finding = { level: 'warn', subject: 'quota', says: 'is small', more: 'raise it\nsoon' };

  test('has a line a finding, and what to do below it', () => {
    expect(lines(warning)).toEqual([
      'warn quota       is small',
      '                 raise it',
      '                 soon',
    ]);
  });

  test.each([
    [[], 'The sink could work.'],
    [[warning], 'The sink could work, with 1 warning.'],
    [[warning, warning], 'The sink could work, with 2 warnings.'],
    [[warning, { ...warning, level: 'fail' as const }], 'The sink could NOT work: 1 failure and 1 warning.'],
  ])('ends with whether the sink could work: %#', (findings, says) => {
    expect(summary('sink', [ok('x', 'y'), ...findings])).toBe(says);
  });

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [134_217_728, '128 MiB'],
    [1.5 * 2 ** 40, '1.5 TiB'],
  ])('gives %d bytes as %s', (bytes, says) => {
    expect(inBytes(bytes)).toBe(says);
  });
});

describe('the topic', () => {
  const settings = { KAFKA_BROKERS: 'b:9092', KAFKA_TOPIC: 't', KAFKA_GROUP: 'g', SINK_WORKERS: 2 };
  const reached: TopicInspection = {
    kind: 'reached',
    brokers: ['b:9092'],
    partitions: [0, 1].map((partition) => ({ partition, range: { low: 5, high: 10 } })),
    groupFailure: undefined,
  };

  test('with all its partitions and its group is right', () => {
    const findings = assessTopic(reached, settings);
    expect(levels(findings)).toEqual(['ok', 'ok', 'ok']);
    expect(findings[1]?.says).toBe('t: 2 partitions, 10 offsets');
  });

  test('that is not there, or has a partition nobody leads, or a group nobody may read, fails', () => {
    const silent = { ...reached, partitions: [{ partition: 0, range: 'no leader' }] };
    expect(levels(assessTopic({ ...reached, partitions: [] }, settings))).toContain('fail');
    expect(only(assessTopic(silent, settings), 'fail')[0]?.says).toContain('0 (no leader)');
    expect(only(assessTopic({ ...reached, groupFailure: 'no' }, settings), 'fail')[0]?.subject).toBe('group');
  });

  test('with fewer partitions than workers is worth a warning', () => {
    expect(levels(assessTopic(reached, { ...settings, SINK_WORKERS: 3 }))).toEqual([
      'ok',
      'ok',
      'warn',
      'ok',
    ]);
  });

  test('behind brokers that do not answer fails with what librdkafka said', () => {
    const look: TopicInspection = { kind: 'unreachable', why: 'down', complaints: ['Connection refused'] };
    expect(assessTopic(look, settings)).toEqual([
      expect.objectContaining({ level: 'fail', more: expect.stringContaining('Connection refused') }),
    ]);
  });
});

describe('the NameNodes', () => {
  const look = (state: 'active' | 'standby' | FileSystemError, index = 1) => ({
    url: `http://nn${index}`,
    state,
  });

  test('an active one with a standby is right', () => {
    expect(levels(assessNameNodes([look('active'), look('standby', 2)], 'me'))).toEqual(['ok', 'ok']);
  });

  test('one away beside an active one is a warning, and a failure without', () => {
    expect(levels(assessNameNodes([look('active'), look(away, 2)], 'me'))).toEqual(['ok', 'warn']);
    expect(levels(assessNameNodes([look(away)], 'me'))).toEqual(['fail']);
  });

  test('two that serve at once are a warning: they may be of two clusters', () => {
    const findings = assessNameNodes([look('active'), look('active', 2)], 'me');
    expect(levels(findings)).toEqual(['ok', 'ok', 'warn']);
    expect(findings[2]?.more).toContain('two clusters');
  });

  test('two standbys fail, with the command that makes one active', () => {
    const findings = assessNameNodes([look('standby'), look('standby', 2)], 'me');
    expect(only(findings, 'fail')[0]?.more).toContain('haadmin');
  });
});

test('a DataNode that cannot be reached is a warning that names it, beside those that can', () => {
  const findings = assessDataNodes([
    { host: 'dn1', port: 9864, failure: undefined },
    { host: 'dn2', port: 9864, failure: 'ENOTFOUND' },
  ]);
  expect(levels(findings)).toEqual(['ok', 'warn']);
  expect(lines(findings[1] as Finding).join()).toMatch(/dn2:9864.*does not resolve/s);
});

describe('the folder', () => {
  const need = {
    partitions: 3,
    blockBytes: 100,
    replication: 2,
    rollIntervalMs: 3_600_000,
    user: 'me',
  };
  const look = (changes: Partial<FolderInspection>): FolderInspection => ({
    missing: [],
    quotas: [],
    untold: [],
    leftovers: [],
    ...changes,
  });
  const quota = (of: Quota['of'], limit: number, used = 0): FolderInspection =>
    look({ quotas: [{ folder: '/data', of, limit, used }] });

  test.each([
    [quota('space', 600), 'ok'],
    [quota('space', 599), 'warn'],
    [quota('space', 1_000, 401), 'warn'],
    [quota('space', 1_000, 2_000), 'warn'],
    [quota({ storageType: 'SSD' }, 599), 'warn'],
    [quota('names', (3 * 24 + 25) * 7), 'ok'],
    [quota('names', (3 * 24 + 25) * 7 - 1), 'warn'],
  ])('needs room for a block a partition and a week of names: %#', (found, level) => {
    expect(levels(assessFolder('/data/t', found, need))).toEqual(['ok', level]);
  });

  test('rolled more often needs more names', () => {
    const often = { ...need, rollIntervalMs: 60_000 };
    expect(levels(assessFolder('/data/t', quota('names', (3 * 24 + 25) * 7), often))).toContain('warn');
  });

  test('says which quota is meant, and what the sum is made of', () => {
    const [, finding] = assessFolder('/data/t', quota({ storageType: 'SSD' }, 1), need);
    expect(finding?.says).toContain('SSD quota');
    expect(finding?.more).toMatch(/600 B.*100 B.*replication 2.*partitions 3.*-storageType SSD/s);
  });

  test('whose quota the user may not see is no warning; one that did not answer is', () => {
    const refused = new FileSystemError('refused', 'AccessControlException', 'denied');
    const untold = (error: FileSystemError) => look({ untold: [{ folder: '/', error }] });
    expect(levels(assessFolder('/data/t', untold(refused), need))).toEqual(['ok', 'ok']);
    expect(levels(assessFolder('/data/t', untold(away), need))).toEqual(['ok', 'warn']);
    const named = new FileSystemError(
      'refused',
      'AccessControlException',
      'Permission denied: user=owner, access=READ',
    );
    expect(assessFolder('/data/t', untold(named), need)[1]?.says).toContain('not told to owner;');
  });

  test('with what an earlier check left says how to remove it', () => {
    const findings = assessFolder('/data/t', look({ leftovers: ['/data/t/_check-1'] }), need);
    expect(only(findings, 'warn')[0]?.more).toContain('hdfs dfs -rm -r /data/t/_check-1');
  });
});

describe('the trial', () => {
  const trial = (changes: Partial<Trial>): Trial => ({
    steps: [],
    appendsMs: [],
    erasureCoded: undefined,
    file: undefined,
    failure: undefined,
    passed: [],
    ...changes,
  });

  test('of an erasure-coded folder fails', () => {
    const [finding] = assessTrial(trial({ erasureCoded: 'RS-6-3-1024k' }), 'me');
    expect(finding).toMatchObject({ level: 'fail', says: expect.stringContaining('RS-6-3-1024k') });
  });

  test.each([
    [[900, 399, 40], 'ok'],
    [[900, 400, 40], 'ok'],
    [[900, 400, 40, 400], 'warn'],
    [[430, 431, 432], 'warn'],
  ])('sees the close delay in two appends beside the first: %j', (appendsMs, level) => {
    expect(levels(assessTrial(trial({ appendsMs }), 'me'))).toEqual([level]);
  });

  test('with a fault that passed warns of it, and one that did not is the failure alone', () => {
    const passed = [{ step: 'append' as const, error: away }];
    const [warning, ...none] = assessTrial(trial({ passed }), 'me');
    expect(warning).toMatchObject({
      level: 'warn',
      says: away.message,
      more: expect.stringContaining('passed'),
    });
    expect(none).toEqual([]);
    const failure = { step: 'append' as const, error: away };
    expect(levels(assessTrial(trial({ passed, failure }), 'me'))).toEqual(['fail']);
  });

  test('with the slow close prints the property that mends it', () => {
    const [finding] = assessTrial(trial({ appendsMs: [431, 431, 431] }), 'me');
    expect(finding?.more).toContain(
      '<name>dfs.client.block.write.locateFollowingBlock.initial.delay.ms</name>\n  <value>10</value>',
    );
  });

  test.each([
    [3, 'ok'],
    [2, 'warn'],
  ])('with replication 3 and %d replicas is %s', (replicas, level) => {
    const file = { blockBytes: 1, replication: 3, replicas, lengthFailure: undefined };
    expect(levels(assessTrial(trial({ file }), 'me'))).toEqual([level]);
  });

  test('without an answer of the DataNodes about an open file warns, and says which port they want', () => {
    const lengthFailure = 'length of /a: connect ECONNREFUSED 10.0.0.1:9867';
    const file = { blockBytes: 1, replication: 1, replicas: 1, lengthFailure };
    const [, finding] = assessTrial(trial({ file }), 'me');
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
    ['DSQuotaExceededException', 'exceeded', '-setSpaceQuota'],
    ['UnsupportedOperationException', 'no', 'LAZY_PERSIST'],
    ['InvalidToken', 'expired', 'HDFS_TOKEN_FILE'],
    [NOT_KEPT, 'went over it', 'exactly-once leans on this'],
  ])('that fails by %s says what to do', (reason, message, advice) => {
    const failure = { step: 'append' as const, error: new FileSystemError('refused', reason, message) };
    const [finding] = assessTrial(trial({ failure }), 'me');
    expect(finding).toMatchObject({ level: 'fail', says: message, more: expect.stringContaining(advice) });
  });
});

describe('the budget for retries', () => {
  /** How long it lasts with one and the same fault, on a clock of its own, ms. */
  async function lastsMs(error: FileSystemError): Promise<number> {
    let nowMs = 1_000_000;
    const budget = new RetryBudget({ now: () => nowMs, pause: async (ms) => (nowMs += ms) });
    while (await budget.pauseForRetry(error));
    return nowMs - 1_000_000;
  }

  test.each<[FileSystemError, number, number]>([
    [new FileSystemError('unavailable', 'IOException', 'is not sufficiently replicated yet'), 40_000, 45_000],
    [new FileSystemError('unavailable', 'ReplicaNotFoundException', 'no replica'), 40_000, 45_000],
    [
      new FileSystemError('unavailable', 'RetriableException', 'SafeModeException: in safe mode'),
      3_000,
      5_000,
    ],
    [away, 3_000, 5_000],
    [new FileSystemError('refused', 'AccessControlException', 'denied'), 0, 0],
    [new FileSystemError('unavailable', NOT_KEPT, 'went over it'), 0, 0],
  ])('with %s lasts as long as that may pass, and ends', async (error, atLeast, atMost) => {
    const lasted = await lastsMs(error);
    expect(lasted).toBeGreaterThanOrEqual(atLeast);
    expect(lasted).toBeLessThanOrEqual(atMost);
  });
});
