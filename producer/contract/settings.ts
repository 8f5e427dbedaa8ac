import * as v from 'valibot';

/** The environment variables of a role. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A role's settings are wrong. `problems` names every mistake, so that an operator mends all at
 * once.
 */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`${problems.length === 1 ? 'A setting is' : 'Settings are'} wrong:\n  ${problems.join('\n  ')}`);
    this.problems = problems;
  }
}

/**
 * Reads and checks a role's settings once. A variable that is set but empty counts as not set.
 *
 * @param contradictions names what is wrong with several settings together. It is asked only once
 *   each setting is right by itself.
 * @throws {SettingsError} with every mistake
 */
export function readSettings<const E extends v.ObjectEntries>(
  entries: E,
  env: Environment,
  contradictions: (settings: v.InferOutput<v.ObjectSchema<E, undefined>>) => readonly string[] = () => [],
): Readonly<v.InferOutput<v.ObjectSchema<E, undefined>>> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = v.safeParse(v.object(entries), present);
  if (!result.success) {
    throw new SettingsError(result.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`));
  }
  const problems = contradictions(result.output);
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.freeze(result.output);
}

/** What the documentation says of a setting, where its schema does not say it. */
export interface SettingNotes {
  /** The default in words, where the setting has none of its own. */
  readonly byDefault?: string;
}

/**
 * A setting with its meaning for the documentation, in at most 25 words. The README of each role
 * has a table of its settings, which `npm run docs` generates from these meanings.
 */
export const setting = <const S extends v.GenericSchema>(
  schema: S,
  meaning: string,
  notes: SettingNotes = {},
) => v.pipe(schema, v.description(meaning), v.metadata({ ...notes }));

/** A text that is not blank. */
export const text = (byDefault?: string) => {
  const schema = v.pipe(
    v.string('is not set'),
    v.check((value) => value.trim() !== '', 'is blank'),
  );
  return byDefault === undefined ? schema : v.optional(schema, byDefault);
};

/** A whole number between two bounds, both allowed, without a default. */
export const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.check(
      (value) => /^-?\d+$/.test(value) && Number(value) >= min && Number(value) <= max,
      (issue) => `"${issue.input}" is not a whole number from ${min} to ${max}`,
    ),
    v.metadata({ minimum: min, maximum: max }),
    v.transform(Number),
  );

/** A whole number between two bounds, both allowed. The setting's name says the unit. */
export const integer = (min: number, max: number, byDefault: number) =>
  v.optional(wholeNumber(min, max), String(byDefault));

export const port = (byDefault: number) => integer(0, 65535, byDefault);

/** Pino's levels. */
export const logLevel = setting(
  v.optional(
    v.picklist(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      (issue) => `"${issue.input}" is not one of fatal, error, warn, info, debug, trace, silent`,
    ),
    'info',
  ),
  'The least severe lines that the log has.',
);

/**
 * The variables that systemd sets for a `Type=notify` service: sd_notify(3),
 * sd_watchdog_enabled(3).
 */
export const serviceEntries = {
  NOTIFY_SOCKET: setting(v.optional(v.string()), 'systemd sets it: the socket for its messages.'),
  WATCHDOG_USEC: setting(
    v.optional(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
    "systemd sets it: the unit's `WatchdogSec`, in microseconds.",
  ),
};
