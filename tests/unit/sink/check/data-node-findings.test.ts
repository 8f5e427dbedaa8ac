import { expect, test } from 'vitest';
import { type Finding, lines } from '../../../../infra/runtime/cli/finding.ts';
import { assessDataNodes } from '../../../../sink/check/data-node-findings.ts';

const levels = (findings: readonly Finding[]) => findings.map(({ level }) => level);

test('a DataNode that cannot be reached is a warning that names it, beside those that can', () => {
  const findings = assessDataNodes([
    { host: 'dn1', port: 9864, failure: undefined },
    { host: 'dn2', port: 9864, failure: 'ENOTFOUND' },
  ]);
  expect(levels(findings)).toEqual(['ok', 'warn']);
  expect(lines(findings[1] as Finding).join()).toMatch(/dn2:9864.*does not resolve/s);
});
