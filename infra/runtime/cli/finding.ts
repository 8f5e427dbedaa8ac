import { terminalText } from './terminal-text.ts';

/** The result of one check. With a warning the role can still work. With a failure it cannot. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  /** What was looked at, in a word or two. */
  readonly subject: string;
  readonly says: string;
  /** What to do about it, or what belongs to it; may have several lines. */
  readonly more?: string | undefined;
}

export const ok = (subject: string, says: string): Finding => ({ level: 'ok', subject, says });

export const warn = (subject: string, says: string, more?: string): Finding => ({
  level: 'warn',
  subject,
  says,
  more,
});

export const fail = (subject: string, says: string, more?: string): Finding => ({
  level: 'fail',
  subject,
  says,
  more,
});

/** They were read, so they are right by themselves. @param settings as they may be shown */
export function settingsFinding(settings: Readonly<Record<string, unknown>>): Finding {
  const shown = Object.entries(settings).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${isPlain(value) ? value : JSON.stringify(value)}`,
  );
  return { ...ok('settings', 'are valid'), more: shown.join('\n') };
}

const isPlain = (value: unknown): boolean => Array.isArray(value) || typeof value === 'string';

/** Whether all of them leave the role able to work. */
export const couldWork = (findings: readonly Finding[]): boolean =>
  findings.every(({ level }) => level !== 'fail');

const MARK = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;
const SUBJECT_WIDTH = 11;
const INDENT = ' '.repeat(MARK.ok.length + SUBJECT_WIDTH + 2);

/** One line a finding, and what more there is below. */
export function lines({ level, subject, says, more }: Finding): string[] {
  const first = `${MARK[level]} ${subject.padEnd(SUBJECT_WIDTH)} ${terminalText(says)}`;
  return [
    first,
    ...(more === undefined ? [] : more.split('\n').map((line) => `${INDENT}${terminalText(line)}`)),
  ];
}

/** The last line: whether the role could work, and what is left to do. */
export function summary(role: string, findings: readonly Finding[]): string {
  const count = (level: Finding['level'], word: string) => {
    const number = findings.filter((finding) => finding.level === level).length;
    return number === 0 ? [] : [`${number} ${word}${number === 1 ? '' : 's'}`];
  };
  const failures = count('fail', 'failure');
  const counted = [...failures, ...count('warn', 'warning')].join(' and ');
  if (failures.length > 0) return `The ${role} could NOT work: ${counted}.`;
  return counted === '' ? `The ${role} could work.` : `The ${role} could work, with ${counted}.`;
}
