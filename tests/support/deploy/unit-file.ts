import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../infra/local/process/root.ts';

export const UNIT_FOLDER = join(root, 'infra/systemd');
/** The folder in which the units expect the package. */
const INSTALLED = '/opt/web-events';

export interface UnitFile {
  /** All values of a key in their order, also those before an assignment that empties the list. */
  values(key: string): readonly string[];
  /** @throws where the unit does not have exactly one value of the key */
  value(key: string): string;
  /** A command line of the unit, with this clone in place of the installed package. */
  command(key: string): readonly [string, ...string[]];
  /** The variables of `Environment=` for the instance `1` on the host `host`. */
  environment(): Record<string, string>;
}

/** A unit of `infra/systemd`. */
export function readUnit(name: string): UnitFile {
  const text = readFileSync(join(UNIT_FOLDER, name), 'utf8').replaceAll(INSTALLED, root);
  const lines = text.split('\n').filter((line) => /^\w+=/.test(line));
  const pairs = lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  const values = (key: string) => pairs.flatMap(([found, value = '']) => (found === key ? [value] : []));
  const value = (key: string) => {
    const [only, ...more] = values(key);
    if (only === undefined || more.length > 0) throw new Error(`${name}: not exactly one ${key}`);
    return only;
  };
  return {
    values,
    value,
    command: (key) => value(key).split(' ') as [string, ...string[]],
    environment: () => Object.fromEntries(values('Environment').map(assignment)),
  };
}

/** The assignments of an `*.env.example`. With `commented` also those that are commented out. */
export function readExample(name: string, { commented = false } = {}): Record<string, string> {
  const lines = readFileSync(join(UNIT_FOLDER, name), 'utf8').split('\n');
  const wanted = commented ? /^# ?(?=[A-Z_]+=)/ : /^(?=[A-Z_]+=)/;
  const found = lines.filter((line) => wanted.test(line) || /^[A-Z_]+=/.test(line));
  return Object.fromEntries(found.map((line) => assignment(line.replace(/^# ?/, ''))));
}

function assignment(line: string): [string, string] {
  const at = line.indexOf('=');
  return [
    line.slice(0, at),
    line
      .slice(at + 1)
      .replaceAll('%H', 'host')
      .replaceAll('%i', '1'),
  ];
}
