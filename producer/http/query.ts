import * as v from 'valibot';
import { eventInput } from '../contract/event.ts';
import type { ParsedEvent } from '../events/collector.ts';
import { CollectorError } from '../events/errors.ts';

/**
 * The longest address that is read, in characters: the longest names, with each character as the twelve that it may
 * take, an id and a timestamp are shorter. Above 16 KiB Node itself refuses a request's head.
 */
export const MAX_URL_LENGTH = 8_192;

/** What an event may have in a query: everything but its properties. */
export const QUERY_NAMES = ['service', 'user', 'id', 'timestamp'] as const;
type QueryName = (typeof QUERY_NAMES)[number];

/**
 * Reads an event from the query of an address, and names every mistake. Strict where URLSearchParams is lenient: a broken
 * percent-encoding there becomes U+FFFD, and the event would be stored under a name nobody has. Other parameters are
 * none of ours: pixels carry one against caches.
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

/** One parameter as the event has it; what is wrong with it joins the problems. */
function readValue(name: QueryName, pairs: readonly Pair[], problems: string[]): string | undefined {
  const given = pairs.filter((pair) => pair.name === name);
  const encoded = given[0]?.value;
  if (given.length > 1) {
    problems.push(`${name} is given ${given.length} times`);
    return undefined;
  }
  const text = encoded === undefined ? undefined : decode(encoded);
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
