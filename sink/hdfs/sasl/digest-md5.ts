import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { HdfsError, protocolError } from '../wire/errors.ts';
import { type Directives, directiveList, parseDirectives, quote } from './digest-challenge.ts';
import { type Protection, protectionOf } from './digest-protection.ts';
import type { Login } from './login.ts';

/** What becomes of what is sent once both know one another: nothing, a signature, or a cipher too. */
const QOPS = ['auth-conf', 'auth-int', 'auth'] as const;
export type Qop = (typeof QOPS)[number];

/** The one cipher of RFC 2831 that Node's OpenSSL still has. */
const CIPHER = '3des';
/** What the server says it can take where it says nothing. RFC 2831, 2.1.1. */
const DEFAULT_MAX_BUFFER_BYTES = 65_536;
/** The first and only exchange under this nonce. */
const NONCE_COUNT = '00000001';
/** What stands for the hash of a body, which SASL has not. */
const NO_BODY = '0'.repeat(32);
const NONCE_BYTES = 16;

/** The second step of an exchange, and what to make of the third. */
export interface DigestAnswer {
  readonly response: Buffer;
  readonly qop: Qop;
  /**
   * Holds the server to knowing the password too. Returns how all that follows is protected, if it is.
   * @throws {HdfsError} `protocol` where the server is none that we know
   */
  accept(proof: Uint8Array): Protection | undefined;
}

/**
 * The client's part of DIGEST-MD5. Of what the server offers the best protection is taken.
 *
 * https://www.rfc-editor.org/rfc/rfc2831
 * @throws {HdfsError} where the server says nothing sensible, or nothing that we can do
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
  const exchange = { nonce, clientNonce, qop, uri: login.uri, sessionKey };
  const said: readonly (string | false)[] = [
    directives.has('charset') && 'charset=utf-8',
    `username=${quote(login.name)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `nc=${NONCE_COUNT}`,
    `cnonce=${quote(clientNonce)}`,
    `digest-uri=${quote(login.uri)}`,
    `response=${digest('AUTHENTICATE', exchange)}`,
    `qop=${qop}`,
    qop === 'auth-conf' && `cipher=${CIPHER}`,
  ];
  return {
    response: Buffer.from(said.filter((item) => item !== false).join(',')),
    qop,
    accept: (proof) => {
      expectProof(proof, digest('', exchange));
      return qop === 'auth' ? undefined : protectionOf(sessionKey, qop, maxBufferBytes(directives));
    },
  };
}

interface Exchange {
  readonly nonce: string;
  readonly clientNonce: string;
  readonly qop: Qop;
  readonly uri: string;
  /** H(A1). */
  readonly sessionKey: Buffer;
}

function digest(method: string, { sessionKey, nonce, clientNonce, qop, uri }: Exchange): string {
  const body = qop === 'auth' ? '' : `:${NO_BODY}`;
  const what = md5(`${method}:${uri}${body}`).toString('hex');
  return md5([sessionKey.toString('hex'), nonce, NONCE_COUNT, clientNonce, qop, what]).toString('hex');
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

/** An array is what stands between colons. */
function md5(...parts: readonly (Buffer | string | readonly string[])[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts)
    hash.update(part instanceof Buffer || typeof part === 'string' ? part : part.join(':'));
  return hash.digest();
}
