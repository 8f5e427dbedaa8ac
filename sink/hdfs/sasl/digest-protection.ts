import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { protocolError } from '../wire/errors.ts';

/**
 * Seals each message after an exchange: signs and numbers it, and may encrypt it too.
 * Sealed messages must be opened in the order in which they were sealed.
 */
export interface Protection {
  /** The longest message that may be sealed at once, bytes. */
  readonly maxMessageBytes: number;
  seal(message: Buffer): Buffer;
  /**
   * @throws {HdfsError} `protocol` where this is not the next message that the other side sealed
   */
  open(sealed: Buffer): Buffer;
}

/** The keys of one direction. */
export interface Keys {
  readonly signing: Buffer;
  /** The key of the cipher; undefined where messages are only signed. */
  readonly sealing: Buffer | undefined;
}

const SIGNATURE_BYTES = 10;
/** After each message stand the message type, always 1, and its number. RFC 2831, 2.3. */
const KIND = 1;
const TAIL_BYTES = 2 + 4;
/** A block of DES. */
const BLOCK_BYTES = 8;

/**
 * The protection that an exchange agreed on.
 * https://www.rfc-editor.org/rfc/rfc2831#section-2.3 and section 2.4
 *
 * @throws {HdfsError} `protocol` where the server's buffer has no room for any message
 */
export function protectionOf(
  sessionKey: Buffer,
  qop: 'auth-int' | 'auth-conf',
  peerMaxBufferBytes: number,
): Protection {
  const isSealed = qop === 'auth-conf';
  const seal = sealer(keysOf(sessionKey, 'client-to-server', isSealed));
  const open = opener(keysOf(sessionKey, 'server-to-client', isSealed));
  const maxMessageBytes = peerMaxBufferBytes - SIGNATURE_BYTES - BLOCK_BYTES - TAIL_BYTES;
  if (!(maxMessageBytes > 0)) throw protocolError('DIGEST-MD5', 'NoRoom');
  return { maxMessageBytes, seal, open };
}

/** The magic constants are those of the RFC. */
function keysOf(sessionKey: Buffer, direction: string, isSealed: boolean): Keys {
  const derive = (words: string) => createHash('md5').update(sessionKey).update(words).digest();
  return {
    signing: derive(`Digest session key to ${direction} signing key magic constant`),
    sealing: isSealed ? derive(`Digest H(A1) to ${direction} sealing key magic constant`) : undefined,
  };
}

export function sealer({ signing, sealing }: Keys): (message: Buffer) => Buffer {
  let sequence = 0;
  const cipher = sealing && createCipheriv(...desOf(sealing)).setAutoPadding(false);
  return (message) => {
    const tail = tailOf(sequence);
    const signature = sign(signing, message, sequence);
    sequence += 1;
    if (cipher === undefined) return Buffer.concat([message, signature, tail]);
    // Cipher block chaining goes on from message to message.
    return Buffer.concat([cipher.update(Buffer.concat([message, padding(message), signature])), tail]);
  };
}

export function opener({ signing, sealing }: Keys): (sealed: Buffer) => Buffer {
  let sequence = 0;
  const decipher = sealing && createDecipheriv(...desOf(sealing)).setAutoPadding(false);
  return (sealed) => {
    const tailAt = sealed.length - TAIL_BYTES;
    if (tailAt < SIGNATURE_BYTES || !sealed.subarray(tailAt).equals(tailOf(sequence))) throw unsealed();
    const bytes = decipher ? decipher.update(sealed.subarray(0, tailAt)) : sealed.subarray(0, tailAt);
    const signatureAt = bytes.length - SIGNATURE_BYTES;
    const messageBytes = signatureAt - (decipher ? (bytes[signatureAt - 1] ?? 0) : 0);
    if (messageBytes < 0) throw unsealed();
    const message = bytes.subarray(0, messageBytes);
    if (!timingSafeEqual(sign(signing, message, sequence), bytes.subarray(signatureAt))) throw unsealed();
    sequence += 1;
    return message;
  };
}

function sign(key: Buffer, message: Buffer, sequence: number): Buffer {
  const hmac = createHmac('md5', key).update(numbered(sequence)).update(message);
  return hmac.digest().subarray(0, SIGNATURE_BYTES);
}

function padding(message: Buffer): Buffer {
  const bytes = BLOCK_BYTES - ((message.length + SIGNATURE_BYTES) % BLOCK_BYTES);
  return Buffer.alloc(bytes, bytes);
}

function tailOf(sequence: number): Buffer {
  return Buffer.concat([Buffer.from([0, KIND]), numbered(sequence)]);
}

function numbered(sequence: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sequence >>> 0);
  return bytes;
}

/**
 * Triple DES. Its two keys of 56 bits each are the first 14 bytes, its vector the last eight.
 * RFC 2831, 2.4.
 */
function desOf(sealing: Buffer): [string, Buffer, Buffer] {
  const key = Buffer.concat([desKey(sealing.subarray(0, 7)), desKey(sealing.subarray(7, 14))]);
  return ['des-ede-cbc', key, sealing.subarray(8, 16)];
}

/** Spreads the key over seven bits a byte. The eighth is for parity, which OpenSSL ignores. */
function desKey(bits: Buffer): Buffer {
  const all = BigInt(`0x${bits.toString('hex')}`);
  return Buffer.from(Array.from({ length: 8 }, (_, at) => Number((all >> BigInt(49 - 7 * at)) & 0x7fn) << 1));
}

const unsealed = () => protocolError('DIGEST-MD5', 'NotSealedByTheOtherSide');
