import { protocolError } from '../wire/errors.ts';

export type Directives = ReadonlyMap<string, string>;

/** One `name=value` and the commas after it. */
const DIRECTIVE = /\s*([^\s=,"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*(?:,[\s,]*|$)/y;
/** RFC 2831, 2.1.1: the client ends the exchange at a longer challenge. */
const MAX_CHALLENGE_BYTES = 2048;

/**
 * Parses the directives of a DIGEST-MD5 server, by name. Of several realms it keeps the first.
 *
 * https://www.rfc-editor.org/rfc/rfc2831#section-2.1.1
 * @throws {HdfsError} `protocol`
 */
export function parseDirectives(bytes: Uint8Array): Directives {
  if (bytes.length > MAX_CHALLENGE_BYTES)
    throw protocolError(`DIGEST-MD5 challenge of ${bytes.length} bytes`, 'TooLong');
  const text = Buffer.from(bytes).toString('utf8');
  const found = new Map<string, string>();
  DIRECTIVE.lastIndex = 0;
  while (DIRECTIVE.lastIndex < text.length) {
    const [, name = '', quoted, plain = ''] = DIRECTIVE.exec(text) ?? [];
    if (name === '') throw protocolError('DIGEST-MD5', 'NotDirectives');
    if (!found.has(name)) found.set(name, quoted?.replace(/\\(.)/g, '$1') ?? plain);
    else if (name !== 'realm') throw protocolError('DIGEST-MD5', 'DirectiveTwice');
  }
  return found;
}

/** The items of a directive that is a list, such as `auth,auth-int`. */
export function directiveList(directives: Directives, name: string): readonly string[] {
  const list = directives.get(name) ?? '';
  return list.split(',').map((item) => item.trim());
}

export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
