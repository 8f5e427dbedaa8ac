/**
 * What the command line asks a role for:
 *
 * - `run`: the role does its work.
 * - `check`: the role tries its settings and its connections.
 * - `check-settings`: the role checks its settings alone, without any other server.
 * - `help`: the role prints its usage.
 * - `version`: the role prints its version.
 */
export type Mode = 'run' | 'check' | 'check-settings' | 'help' | 'version';

/** The command line says something unknown. The message names it and has the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const MODES: ReadonlyMap<string | undefined, Mode> = new Map([
  [undefined, 'run'],
  ['--check', 'check'],
  ['--check-settings', 'check-settings'],
  ['--help', 'help'],
  ['-h', 'help'],
  ['--version', 'version'],
]);

/**
 * @param args what follows the program's name
 * @throws {UsageError}
 */
export function readMode(role: string, args: readonly string[]): Mode {
  const [option, surplus] = args;
  const mode = MODES.get(option);
  const wrong = mode === undefined ? option : surplus;
  if (mode !== undefined && wrong === undefined) return mode;
  throw new UsageError(`${JSON.stringify(wrong)} is not expected here\n${usage(role)}`);
}

export function usage(role: string): string {
  return (
    `usage: ${role} [--check | --check-settings | --version]; the environment configures all else\n` +
    '  --check           looks at the settings, tries the connections, says what it found; exits 0 or 1\n' +
    '  --check-settings  looks at the settings alone; exits 0 or 1\n' +
    '  --version         prints the version'
  );
}
