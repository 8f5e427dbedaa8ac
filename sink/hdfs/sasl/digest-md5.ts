import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { HdfsError, protocolError } from '../wire/errors.ts';
import { type Directives, directiveList, parseDirectives, quote } from './digest-challenge.ts';
import { type Protection, protectionOf } from './digest-protection.ts';
import type { Login } from './login.ts';

/**
 * Protection of all messages after the exchange, best first: encrypted and signed, signed, none.
 */
const QOPS = ['auth-conf', 'auth-int', 'auth'] as const;
export type Qop = (typeof QOPS)[number];

/** The only cipher of RFC 2831 that the OpenSSL of Node still has. */
const CIPHER = '3des';
/** The server's `maxbuf` where the challenge has none. RFC 2831, 2.1.1. */
const DEFAULT_MAX_BUFFER_BYTES = 65_536;
/** A nonce is used for one exchange only. */
const NONCE_COUNT = '00000001';
/** Stands for the hash of the request's body. SASL has no body. */
const NO_BODY = '0'.repeat(32);
const NONCE_BYTES = 16;

/** The client's message, which is the second step, and a check of the server's third step. */
export interface DigestAnswer {
  readonly response: Buffer;
  readonly qop: Qop;
  /**
   * Checks that the server knows the password too. Returns the protection of all further messages;
   * undefined where the exchange agreed on none.
   *
   * @throws {HdfsError} `protocol` where the server's proof is wrong
   */
  accept(proof: Uint8Array): Protection | undefined;
}

/**
 * The client's part of DIGEST-MD5. The client takes the best protection that the server offers.
 *
 * https://www.rfc-editor.org/rfc/rfc2831
 *
 * @throws {HdfsError} `protocol` where the challenge is malformed, `remote` where the client
 *   supports none of the protections that the server offers
 */
export function answerDigest(
  challenge: Uint8Array,
  login: Login,
  clientNonce: string = randomBytes(NONCE_BYTES).toString('base64'),
): DigestAnswer {
  const directives = parseDirectives(challenge);
  const nonce = directives.get('nonce');
  if (nonce === undefined || directives.get('algorithm') !== 'md5-sess')
    throw protocolError('DIGEST-MD5', 'NoMd5');
  const qop = bestQop(directives);
  const realm = directives.get('realm') ?? '';
  const sessionKey = md5(md5([login.name, realm, login.password]), `:${nonce}:${clientNonce}`);
  const exchange = { name: login.name, realm, nonce, clientNonce, qop, uri: login.uri, sessionKey };
  return {
    response: responseOf(exchange, directives.has('charset')),
    qop,
    accept: (proof) => {
      expectProof(proof, digest('', exchange));
      return qop === 'auth' ? undefined : protectionOf(sessionKey, qop, maxBufferBytes(directives));
    },
  };
}

interface Exchange {
  readonly name: string;
  readonly realm: string;
  readonly nonce: string;
  readonly clientNonce: string;
  readonly qop: Qop;
  readonly uri: string;
  /** H(A1) of RFC 2831, 2.1.2.1. */
  readonly sessionKey: Buffer;
}

/** RFC 2831, 2.1.2. @param isUtf8 whether the server said that it takes UTF-8 */
function responseOf(exchange: Exchange, isUtf8: boolean): Buffer {
  const { name, realm, nonce, clientNonce, qop, uri } = exchange;
  const directives: readonly (string | false)[] = [
    isUtf8 && 'charset=utf-8',
    `username=${quote(name)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `nc=${NONCE_COUNT}`,
    `cnonce=${quote(clientNonce)}`,
    `digest-uri=${quote(uri)}`,
    `response=${digest('AUTHENTICATE', exchange)}`,
    `qop=${qop}`,
    qop === 'auth-conf' && `cipher=${CIPHER}`,
  ];
  return Buffer.from(directives.filter((item) => item !== false).join(','));
}

function digest(method: string, { sessionKey, nonce, clientNonce, qop, uri }: Exchange): string {
  const body = qop === 'auth' ? '' : `:${NO_BODY}`;
  const a2 = md5(`${method}:${uri}${body}`).toString('hex');
  return md5([sessionKey.toString('hex'), nonce, NONCE_COUNT, clientNonce, qop, a2]).toString('hex');
}

function expectProof(proof: Uint8Array, expected: string): void {
  const said = Buffer.from(parseDirectives(proof).get('rspauth') ?? '');
  if (said.length === expected.length && timingSafeEqual(said, Buffer.from(expected))) return;
  throw protocolError('DIGEST-MD5', 'ServerUnproven');
}

function bestQop(directives: Directives): Qop {
  const offered = directives.has('qop') ? directiveList(directives, 'qop') : ['auth'];
  const qop = QOPS.find(
    (known) => offered.includes(known) && (known !== 'auth-conf' || hasCipher(directives)),
  );
  if (qop) return qop;
  const wants = [...offered, ...directiveList(directives, 'cipher')].join(',');
  throw new HdfsError(
    'remote',
    'UnsupportedProtection',
    `the server wants protection by ${wants}: not supported`,
  );
}

const hasCipher = (directives: Directives): boolean => directiveList(directives, 'cipher').includes(CIPHER);

function maxBufferBytes(directives: Directives): number {
  const said = directives.get('maxbuf');
  return said === undefined ? DEFAULT_MAX_BUFFER_BYTES : Number(said);
}

/** Hashes the parts in order. An array is hashed as its items joined by colons. */
function md5(...parts: readonly (Buffer | string | readonly string[])[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts)
    hash.update(part instanceof Buffer || typeof part === 'string' ? part : part.join(':'));
  return hash.digest();
}
