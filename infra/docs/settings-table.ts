import * as v from 'valibot';
import type { SettingNotes } from '../../producer/contract/settings.ts';
import { amountOf } from './amount.ts';
import { code, markdownTable } from './markdown-table.ts';

/**
 * The table of a role's settings, in the order in which the role declares them.
 *
 * @param entries each made by `setting` of `producer/contract`
 * @throws {Error} where a setting has no meaning
 */
export function settingsTable(entries: v.ObjectEntries): string {
  const rows = Object.entries(entries).map(([name, schema]) => [
    code(name),
    defaultOf(name, schema),
    allowedOf(name, schema),
    meaningOf(name, schema),
  ]);
  return markdownTable(['name', 'default', 'allowed', 'meaning'], rows);
}

function meaningOf(name: string, schema: v.GenericSchema): string {
  const meaning = v.getDescription(schema);
  if (meaning === undefined) throw new Error(`${name} has no meaning: declare it by \`setting\``);
  return meaning;
}

function defaultOf(name: string, schema: v.GenericSchema): string {
  const { byDefault } = v.getMetadata(schema) as SettingNotes;
  if (byDefault !== undefined) return byDefault;
  const value = find(schema, ({ default: found }) => found);
  if (value === undefined || value === '') return 'none';
  const amount = amountOf(name, Number(value));
  return amount === undefined ? code(String(value)) : `${code(String(value))} (${amount})`;
}

function allowedOf(name: string, schema: v.GenericSchema): string {
  const options = find(schema, ({ options: found }) => found);
  if (options !== undefined) return options.map((option) => code(String(option))).join(', ');
  const bounds = find(schema, boundsOf);
  return bounds === undefined ? '' : rangeOf(name, bounds);
}

function rangeOf(name: string, { minimum, maximum }: Bounds): string {
  const [from, to] = [minimum, maximum].map((bound) => amountOf(name, bound) ?? String(bound));
  return maximum === Number.MAX_SAFE_INTEGER ? `at least ${from}` : `${from} to ${to}`;
}

interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

function boundsOf(schema: Nested): Bounds | undefined {
  const { minimum, maximum } = v.getMetadata(schema as unknown as v.GenericSchema) as Partial<Bounds>;
  return minimum === undefined || maximum === undefined ? undefined : { minimum, maximum };
}

/** A schema with the parts that may hold others: the first of a pipe, the inside of an optional. */
interface Nested {
  readonly default?: unknown;
  readonly options?: readonly unknown[];
  readonly wrapped?: Nested;
  readonly pipe?: readonly Nested[];
}

/** The first answer that a schema, or one inside it, has to a question. */
function find<T>(schema: v.GenericSchema, ask: (schema: Nested) => T | undefined): T | undefined {
  return search(schema as unknown as Nested, ask);
}

function search<T>(schema: Nested, ask: (schema: Nested) => T | undefined): T | undefined {
  const answer = ask(schema);
  if (answer !== undefined) return answer;
  for (const inside of [schema.wrapped, schema.pipe?.[0]]) {
    const found = inside && search(inside, ask);
    if (found !== undefined) return found;
  }
  return undefined;
}
