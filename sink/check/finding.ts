/** What a look at one thing came to. A warning does not keep the sink from working; a failure does. */
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

const MARK = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;
const SUBJECT_WIDTH = 11;
const INDENT = ' '.repeat(MARK.ok.length + SUBJECT_WIDTH + 2);

/** One line a finding, and what more there is below. */
export function lines({ level, subject, says, more }: Finding): string[] {
  const first = `${MARK[level]} ${subject.padEnd(SUBJECT_WIDTH)} ${says}`;
  return [first, ...(more === undefined ? [] : more.split('\n').map((line) => `${INDENT}${line}`))];
}

/** The last line: whether the sink could work, and what is left to do. */
export function summary(findings: readonly Finding[]): string {
  const count = (level: Finding['level'], word: string) => {
    const number = findings.filter((finding) => finding.level === level).length;
    return number === 0 ? [] : [`${number} ${word}${number === 1 ? '' : 's'}`];
  };
  const failures = count('fail', 'failure');
  const counted = [...failures, ...count('warn', 'warning')].join(' and ');
  if (failures.length > 0) return `The sink could NOT work: ${counted}.`;
  return counted === '' ? 'The sink could work.' : `The sink could work, with ${counted}.`;
}

/** A number of bytes for people. */
export function inBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const amount = bytes / 1024 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[power]}`;
}

/** A time in ms for people. */
export const inTime = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
