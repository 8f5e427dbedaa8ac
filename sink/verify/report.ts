import { terminalText } from '../../infra/runtime/cli/terminal-text.ts';
import { FAULTS, isWrong, type Verdict } from './verdict.ts';
import type { VerificationOutcome } from './verification.ts';

/**
 * The result for the topic. `unknown`: there was no fault, but a partition could not be read to its
 * end.
 */
export type Result = 'right' | 'wrong' | 'unknown';

export function resultOf({ verdicts, strays }: VerificationOutcome): Result {
  if (strays.length > 0 || verdicts.some(isWrong)) return 'wrong';
  return verdicts.some(({ failure }) => failure !== undefined) ? 'unknown' : 'right';
}

const COUNTS = ['lines', ...FAULTS, 'rejected', 'pending', 'gone'] as const;
const HEADINGS = ['partition', 'records', ...COUNTS];
const STRAYS = 10;

/** The report for people: a table, the examples of its faults, and the result in a sentence. */
export function report(outcome: VerificationOutcome): string {
  const { verdicts, strays } = outcome;
  const notes = [...verdicts.flatMap(notesOn), ...notesOnStrays(strays)].map(terminalText);
  return [...table(verdicts), ...(notes.length > 0 ? ['', ...notes] : []), '', sentence(outcome)].join('\n');
}

function table(verdicts: readonly Verdict[]): string[] {
  const rows = verdicts.map((verdict) => [String(verdict.partition), ...figures([verdict])]);
  const total = ['all', ...figures(verdicts)];
  const all = [HEADINGS, ...rows, ...(rows.length > 1 ? [total] : [])];
  const widths = HEADINGS.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '));
}

function figures(verdicts: readonly Verdict[]): string[] {
  const sum = (count: (verdict: Verdict) => number): string =>
    verdicts.reduce((all, verdict) => all + count(verdict), 0).toLocaleString('en');
  return [sum(({ low, high }) => high - low), ...COUNTS.map((name) => sum((verdict) => verdict[name]))];
}

function notesOn({ partition, examples, unfinished, failure }: Verdict): string[] {
  const where = `partition ${partition}`;
  return [
    ...examples.map(({ fault, says }) => `${where}: ${fault}: ${says}`),
    ...(unfinished
      ? [`${where}: ends within a line: an append under way, or one cut short, which the next claim cuts off`]
      : []),
    ...(failure === undefined ? [] : [`${where}: not looked at to its end: ${failure}`]),
  ];
}

function notesOnStrays(strays: readonly string[]): string[] {
  const told = strays
    .slice(0, STRAYS)
    .map((path) => `misnamed: ${path} is no segment, or not where one belongs`);
  return strays.length > STRAYS ? [...told, `misnamed: ${strays.length - STRAYS} more`] : told;
}

function sentence(outcome: VerificationOutcome): string {
  const { verdicts, strays } = outcome;
  switch (resultOf(outcome)) {
    case 'right': {
      const pending = verdicts.reduce((sum, verdict) => sum + verdict.pending, 0);
      const rest = pending > 0 ? `; ${pending.toLocaleString('en')} records are not stored yet` : '';
      return `Right: each stored record once, in order, as it was sent${rest}.`;
    }
    case 'unknown':
      return 'Unknown: nothing wrong was found, but not everything could be looked at.';
    case 'wrong': {
      const counts = FAULTS.map((fault) => {
        const own = verdicts.reduce((sum, verdict) => sum + verdict[fault], 0);
        return { fault, count: fault === 'misnamed' ? own + strays.length : own };
      });
      const said = counts.filter(({ count }) => count > 0).map(({ fault, count }) => `${count} ${fault}`);
      return `WRONG: ${said.join(', ')}.`;
    }
  }
}
