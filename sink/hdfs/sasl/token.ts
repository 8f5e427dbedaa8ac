import { protocolError } from '../wire/errors.ts';

/** What Hadoop lets somebody act by who has no password: a delegation token, or the token of a block. */
export interface Token {
  readonly identifier: Uint8Array;
  /** A secret. */
  readonly password: Uint8Array;
  /** `HDFS_DELEGATION_TOKEN`, for one. */
  readonly kind: string;
  /** Where it is good: `host:port`, or `ha-hdfs:` and the name of the nameservice. */
  readonly service: string;
}

/** The longest is some hundred bytes; a length has at most so many behind its first byte. */
const MAX_LENGTH_BYTES = 4;

/**
 * A token in the form in which `hdfs fetchdt` prints it and WebHDFS takes it: in URL-safe Base64 two byte strings and two
 * texts, each behind its length.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-common-project/hadoop-common/src/main/java/org/apache/hadoop/security/token/Token.java
 * @throws {HdfsError} `protocol` where it is none
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

/** `WritableUtils.readVInt` of hadoop-common, of what is not negative: below 128 it is the byte itself, else 143 is one byte that follows, 142 are two, and so on. */
function readLength(bytes: Buffer, at: number): { readonly value: number; readonly length: number } {
  const first = bytes.readUInt8(at);
  if (first < 0x80) return { value: first, length: 1 };
  const following = 0x90 - first;
  if (following < 1 || following > MAX_LENGTH_BYTES || at + following >= bytes.length) {
    throw protocolError('token', 'LengthOfNothing');
  }
  return { value: bytes.readUIntBE(at + 1, following), length: 1 + following };
}
