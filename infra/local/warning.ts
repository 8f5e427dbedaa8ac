const WARN = 40;
const LEVELS: Readonly<Record<number, string>> = { 40: 'warn', 50: 'error', 60: 'fatal' };

/** One line of a role's log as the terminal shows it. Undefined below the level of a warning. */
export function warningOf(role: string, line: string): string | undefined {
  const entry = parse(line);
  // pino did not write this line. Node or a native library did, for example before a crash.
  if (entry === undefined) return line.trim() === '' ? undefined : `${role}: ${line}`;
  const level = Number(entry['level']);
  if (level < WARN) return undefined;
  const error = entry['err'] as { message?: unknown } | undefined;
  const cause = error?.message ?? entry['message'];
  return `${role} ${LEVELS[level] ?? level}: ${entry['msg'] ?? ''}${cause === undefined ? '' : `: ${cause}`}`;
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const QUIET_MS = 10_000;
const MOST_REMEMBERED = 100;

/**
 * Passes a line on, and drops its repetitions for ten seconds. The log file contains all of them.
 */
export function withoutRepeats(
  say: (line: string) => void,
  clock: () => number = () => performance.now(),
): (line: string) => void {
  const quietUntil = new Map<string, number>();
  return (line) => {
    const now = clock();
    if (now < (quietUntil.get(line) ?? 0)) return;
    if (quietUntil.size >= MOST_REMEMBERED) quietUntil.clear();
    quietUntil.set(line, now + QUIET_MS);
    say(line);
  };
}
