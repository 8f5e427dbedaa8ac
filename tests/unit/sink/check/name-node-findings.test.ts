import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../infra/runtime/cli/finding.ts';
import { assessNameNodes } from '../../../../sink/check/name-node-findings.ts';
import { FileSystemError } from '../../../../sink/storage/errors.ts';

const ACTOR = { user: 'me', folder: '/data' };

const levels = (findings: readonly Finding[]) => findings.map(({ level }) => level);
const only = (findings: readonly Finding[], level: Finding['level']) =>
  findings.filter((finding) => finding.level === level);
const away = new FileSystemError('unavailable', 'ECONNREFUSED', 'no answer: ECONNREFUSED');

describe('the NameNodes', () => {
  const inspection = (state: 'active' | 'standby' | FileSystemError, index = 1) => ({
    url: `http://nn${index}`,
    state,
  });

  test('an active one with a standby is right', () => {
    expect(levels(assessNameNodes([inspection('active'), inspection('standby', 2)], ACTOR))).toEqual([
      'ok',
      'ok',
    ]);
  });

  test('one away beside an active one is a warning, and a failure without', () => {
    expect(levels(assessNameNodes([inspection('active'), inspection(away, 2)], ACTOR))).toEqual([
      'ok',
      'warn',
    ]);
    expect(levels(assessNameNodes([inspection(away)], ACTOR))).toEqual(['fail']);
  });

  test('two that serve at once are a warning: they may be of two clusters', () => {
    const findings = assessNameNodes([inspection('active'), inspection('active', 2)], ACTOR);
    expect(levels(findings)).toEqual(['ok', 'ok', 'warn']);
    expect(findings[2]?.more).toContain('two clusters');
  });

  test('two standbys fail, with the command that makes one active', () => {
    const findings = assessNameNodes([inspection('standby'), inspection('standby', 2)], ACTOR);
    expect(only(findings, 'fail')[0]?.more).toContain('haadmin');
  });
});
