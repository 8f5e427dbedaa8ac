import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../infra/runtime/cli/finding.ts';
import { assessFolder } from '../../../../sink/check/folder-findings.ts';
import type { FolderInspection } from '../../../../sink/check/folder-inspection.ts';
import type { Quota } from '../../../../sink/check/inspector/inspector.ts';
import { FileSystemError } from '../../../../sink/storage/errors.ts';

const levels = (findings: readonly Finding[]) => findings.map(({ level }) => level);
const only = (findings: readonly Finding[], level: Finding['level']) =>
  findings.filter((finding) => finding.level === level);
const away = new FileSystemError('unavailable', 'ECONNREFUSED', 'no answer: ECONNREFUSED');

describe('the folder', () => {
  const need = {
    partitions: 3,
    blockBytes: 100,
    replication: 2,
    rollIntervalMs: 3_600_000,
    actor: { user: 'me', folder: '/data' },
  };
  const inspection = (changes: Partial<FolderInspection>): FolderInspection => ({
    missing: [],
    quotas: [],
    untold: [],
    leftovers: [],
    ...changes,
  });
  const quota = (of: Quota['of'], limit: number, used = 0): FolderInspection =>
    inspection({ quotas: [{ folder: '/data', of, limit, used }] });

  test('of a topic that readers would skip has a warning with the input for them', () => {
    const [warning] = only(assessFolder('/data/_t', inspection({}), need), 'warn');
    expect(warning?.more).toContain('/data/_t/dt=*/hour=*');
    expect(only(assessFolder('/_data/t', inspection({}), need), 'warn')).toEqual([]);
  });

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
    const untold = (error: FileSystemError) => inspection({ untold: [{ folder: '/', error }] });
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
    const findings = assessFolder('/data/t', inspection({ leftovers: ['/data/t/_check-1'] }), need);
    expect(only(findings, 'warn')[0]?.more).toContain('hdfs dfs -rm -r /data/t/_check-1');
  });
});
