import * as v from 'valibot';
import { type Selection, selection } from './contract/event.ts';
import { CollectorError } from './errors.ts';

/**
 * Reads `service` and `user` from a raw query. Strict where URLSearchParams is lenient: a broken percent-encoding
 * there becomes U+FFFD, and the event would be stored under a name nobody has.
 *
 * @throws {CollectorError} `invalid_request` with every mistake
 */
export function readSelection(query: string): Selection {
  const pairs = pairsOf(query);
  const service = readName('service', pairs);
  const user = readName('user', pairs);
  const problems = [...service.problems, ...user.problems];
  if (problems.length > 0) throw new CollectorError('invalid_request', problems.join('; '), { problems });
  return { service: service.text, user: user.text };
}

interface Name {
  readonly text: string;
  readonly problems: readonly string[];
}

function readName(name: keyof Selection, pairs: readonly Pair[]): Name {
  const given = pairs.filter((pair) => pair.name === name);
  const encoded = given[0]?.value;
  if (given.length > 1) return wrong(`${name} is given ${given.length} times`);
  const text = encoded === undefined ? undefined : decode(encoded);
  if (encoded !== undefined && text === undefined) return wrong(`${name} is not percent-encoded UTF-8`);
  const result = v.safeParse(selection.entries[name], text);
  return result.success
    ? { text: result.output, problems: [] }
    : wrong(...result.issues.map(({ message }) => message));
}

function wrong(...problems: string[]): Name {
  return { text: '', problems };
}

interface Pair {
  readonly name: string;
  /** Still encoded. */
  readonly value: string;
}

function pairsOf(query: string): Pair[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const end = pair.includes('=') ? pair.indexOf('=') : pair.length;
      const name = pair.slice(0, end);
      return { name: decode(name) ?? name, value: pair.slice(end + 1) };
    });
}

/** undefined where it is not percent-encoded UTF-8. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
