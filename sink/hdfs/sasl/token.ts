import { protocolError } from '../wire/errors.ts';

/** A delegation token or a block token. Hadoop lets its holder act without a password. */
export interface Token {
  readonly identifier: Uint8Array;
  /** Secret. */
  readonly password: Uint8Array;
  /** For example `HDFS_DELEGATION_TOKEN`. */
  readonly kind: string;
  /** Where the token is valid: `host:port`, or `ha-hdfs:` and the name of the nameservice. */
  readonly service: string;
}

/** A length has at most this many bytes after its first. Tokens have a few hundred bytes. */
const MAX_LENGTH_BYTES = 4;

/**
 * Decodes a token in the form that `hdfs fetchdt` prints and WebHDFS takes. It is URL-safe Base64
 * of two byte strings and two texts, each after its length.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-common-project/hadoop-common/src/main/java/org/apache/hadoop/security/token/Token.java
 *
 * @throws {HdfsError} `protocol` where the text is no token
 */
export function decodeToken(text: string): Token {
  const parts = split(Buffer.from(text.trim(), 'base64url'));
  const [identifier, password, kind, service] = parts;
  if (!identifier || !password || !kind || !service || parts.length > 4)
    throw protocolError('token', 'NotAToken');
  return { identifier, password, kind: String(kind), service: String(service) };
}

function split(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, length } = readLength(bytes, at);
    const end = at + length + value;
    if (end > bytes.length) throw protocolError('token', 'TokenCutShort');
    parts.push(bytes.subarray(at + length, end));
    at = end;
  }
  return parts;
}

/**
 * `WritableUtils.readVInt` of hadoop-common, for numbers that are not negative. A byte below 128 is
 * the number itself. Else 143 says that one byte follows, 142 says two, and so on.
 */
function readLength(bytes: Buffer, at: number): { readonly value: number; readonly length: number } {
  const first = bytes.readUInt8(at);
  if (first < 0x80) return { value: first, length: 1 };
  const following = 0x90 - first;
  if (following < 1 || following > MAX_LENGTH_BYTES || at + following >= bytes.length) {
    throw protocolError('token', 'LengthOfNothing');
  }
  return { value: bytes.readUIntBE(at + 1, following), length: 1 + following };
}
