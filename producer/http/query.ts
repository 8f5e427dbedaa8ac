import * as v from 'valibot';
import { eventInput } from '../contract/event.ts';
import type { ParsedEvent } from '../events/collector.ts';
import { CollectorError } from '../events/errors.ts';

/**
 * The longest address that the producer reads, in characters. The longest names with twelve
 * characters for each of theirs, an id and a timestamp together are shorter. Above 16 KiB Node
 * itself refuses a request's head.
 */
export const MAX_URL_LENGTH = 8_192;

/** The fields that an event may have in a query: all except its properties. */
export const QUERY_NAMES = ['service', 'user', 'id', 'timestamp'] as const;
type QueryName = (typeof QUERY_NAMES)[number];

/**
 * Reads an event from the query of an address, and names every mistake. The reader is strict where
 * URLSearchParams is lenient. URLSearchParams turns a broken percent-encoding into U+FFFD, and
 * Kafka would store the event under a name that no user has. The reader passes over other
 * parameters: pixels carry one against caches.
 */
export function readQuery(url: string): ParsedEvent {
  if (url.length > MAX_URL_LENGTH) {
    const detail = `The address has more than ${MAX_URL_LENGTH} characters; send the event as a body to /api/events`;
    return { is: 'invalid', error: new CollectorError('uri_too_long', detail) };
  }
  const pairs = pairsOf(queryOf(url));
  const problems: string[] = [];
  const read = (name: QueryName) => readValue(name, pairs, problems);
  const [service, user, id, timestamp] = [read('service'), read('user'), read('id'), read('timestamp')];
  if (service === undefined || user === undefined || problems.length > 0) {
    return { is: 'invalid', error: new CollectorError('invalid_request', problems.join('; '), { problems }) };
  }
  const own = id === undefined ? undefined : { id };
  return { is: 'valid', input: { service, user, ...own, ...(timestamp !== undefined && { timestamp }) } };
}

/** Reads one parameter as the event has it. Adds what is wrong with it to the problems. */
function readValue(name: QueryName, pairs: readonly Pair[], problems: string[]): string | undefined {
  const found = pairs.filter((pair) => pair.name === name);
  const encoded = found[0]?.value;
  if (found.length > 1) {
    problems.push(`${name} is given ${found.length} times`);
    return undefined;
  }
  const text = encoded === undefined ? undefined : percentDecode(encoded);
  if (encoded !== undefined && text === undefined) {
    problems.push(`${name} is not percent-encoded UTF-8`);
    return undefined;
  }
  const result = v.safeParse(eventInput.entries[name], text);
  if (result.success) return result.output;
  problems.push(...result.issues.map(({ message }) => message));
  return undefined;
}

function queryOf(url: string): string {
  const withoutFragment = url.split('#', 1)[0] ?? '';
  const start = withoutFragment.indexOf('?');
  return start < 0 ? '' : withoutFragment.slice(start + 1);
}

interface Pair {
  readonly name: string;
  /** Still percent-encoded. */
  readonly value: string;
}

function pairsOf(query: string): Pair[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const end = pair.includes('=') ? pair.indexOf('=') : pair.length;
      const name = pair.slice(0, end);
      return { name: percentDecode(name) ?? name, value: pair.slice(end + 1) };
    });
}

/** Returns undefined if the text is not percent-encoded UTF-8. */
function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
