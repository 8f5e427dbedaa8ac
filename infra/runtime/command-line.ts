/**
 * What the command line asks a role for:
 *
 * - `run`: the role does its work.
 * - `check`: the role tries its settings and its connections.
 * - `check-settings`: the role checks its settings alone, without any other server.
 * - `help`: the role prints its usage.
 */
export type Mode = 'run' | 'check' | 'check-settings' | 'help';

/** The command line says nothing that is known; the message is the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * @param args what follows the program's name
 * @throws {UsageError}
 */
export function readMode(role: string, args: readonly string[]): Mode {
  const [option, ...more] = args;
  if (more.length === 0) {
    if (option === undefined) return 'run';
    if (option === '--check') return 'check';
    if (option === '--check-settings') return 'check-settings';
    if (option === '--help' || option === '-h') return 'help';
  }
  throw new UsageError(usage(role));
}

export function usage(role: string): string {
  return (
    `usage: ${role} [--check | --check-settings]; all else is configured by the environment\n` +
    '  --check           looks at the settings, tries the connections, says what it found; exits 0 or 1\n' +
    '  --check-settings  looks at the settings alone; exits 0 or 1'
  );
}
