import cluster from 'node:cluster';
import type { Logger } from 'pino';
import { SettingsError } from '../../producer/contract/settings.ts';
import { readMode, UsageError, usage } from './cli/command-line.ts';
import { terminalLines } from './cli/terminal-text.ts';
import { versionLine } from './cli/version.ts';
import { openLog } from './log-output.ts';
import { ServiceManager } from './service-manager.ts';

/** The settings that every role has. */
export interface RoleSettings {
  readonly LOG_LEVEL: string;
  readonly NOTIFY_SOCKET?: string | undefined;
  readonly WATCHDOG_USEC?: number | undefined;
}

/** What a running role gets from its process. */
export interface RoleContext<Settings> {
  readonly config: Settings;
  readonly log: Logger;
  readonly serviceManager: ServiceManager;
}

export interface Role<Settings extends RoleSettings> {
  /** As logs, usage and health answers call the role. */
  readonly name: string;
  /** @throws {SettingsError} naming every mistake */
  readonly readConfig: () => Settings;
  /** The settings without their secrets. */
  readonly printable: (config: Settings) => Record<string, unknown>;
  /** Tries what the role needs, and prints findings. Resolves with whether the role could work. */
  readonly check: (config: Settings, say: (line: string) => void) => Promise<boolean>;
  /** Starts the role. From then on the role ends the process itself. */
  readonly run: (context: RoleContext<Settings>) => Promise<void>;
}

/**
 * The main function of every role. It reads the command line and the settings. It then runs or
 * checks the role. Wrong settings and wrong arguments end the process with exit code 1 and one
 * clear message.
 */
export async function runRole<Settings extends RoleSettings>(role: Role<Settings>): Promise<void> {
  try {
    await obeyCommandLine(role);
  } catch (error) {
    if (!(error instanceof SettingsError || error instanceof UsageError)) throw error;
    process.stderr.write(`${terminalLines(error.message)}\n`);
    process.exit(1);
  }
}

async function obeyCommandLine<Settings extends RoleSettings>(role: Role<Settings>): Promise<void> {
  const mode = readMode(role.name, process.argv.slice(2));
  if (mode === 'help') return say(usage(role.name));
  if (mode === 'version') return say(versionLine(role.name));
  const config = role.readConfig();
  switch (mode) {
    case 'run':
      return role.run(contextOf(role, config));
    case 'check':
      return process.exit((await role.check(config, say)) ? 0 : 1);
    case 'check-settings':
      say('the settings are right');
      return process.exit(0);
  }
}

function contextOf<Settings extends RoleSettings>(
  { name, printable }: Role<Settings>,
  config: Settings,
): RoleContext<Settings> {
  const log = openLog({ role: name, level: config.LOG_LEVEL, worker: cluster.worker?.id });
  if (cluster.isPrimary) log.info({ settings: printable(config) }, 'starting');
  const serviceManager = new ServiceManager({
    socket: config.NOTIFY_SOCKET,
    watchdogUsec: config.WATCHDOG_USEC,
    onFailure: (error) => log.error({ err: error }, 'systemd was not told'),
  });
  return { config, log, serviceManager };
}

const say = (text: string): void => void process.stdout.write(`${terminalLines(text)}\n`);
