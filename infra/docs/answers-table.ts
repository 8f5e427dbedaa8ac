import { ANSWERS } from '../../producer/events/errors.ts';
import { code, markdownTable } from './markdown-table.ts';

interface Answer {
  readonly status: number;
  readonly title: string;
  readonly ending?: string;
  readonly retryAfterSeconds?: number;
}

/** The problems that the producer answers, by status. */
export function answersTable(): string {
  const rows = Object.entries<Answer>(ANSWERS).map(([name, answer]) => [
    String(answer.status),
    code(name),
    answer.title,
    storedOf(answer),
    answer.retryAfterSeconds === undefined ? '' : `${answer.retryAfterSeconds} s`,
  ]);
  return markdownTable(['status', '`code`', '`title`', 'stored', '`Retry-After`'], rows);
}

/** Whether the request stored the event. */
function storedOf({ ending }: Answer): string {
  return ending === 'unknown' ? 'unknown' : 'no';
}
