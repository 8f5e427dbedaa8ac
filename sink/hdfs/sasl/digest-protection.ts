import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { protocolError } from '../wire/errors.ts';

/** What is done to each message after an exchange: signed and counted, or encrypted besides. Messages must arrive in order. */
export interface Protection {
  /** The longest message to seal. */
  readonly maxMessageBytes: number;
  seal(message: Buffer): Buffer;
  /** @throws {HdfsError} `protocol` where it is not what the other side sealed next */
  open(sealed: Buffer): Buffer;
}

/** How messages go in one direction. */
export interface Keys {
  readonly signing: Buffer;
  /** For the cipher, if there is one. */
  readonly sealing: Buffer | undefined;
}

const SIGNATURE_BYTES = 10;
/** Behind each message: the kind of all of them, and its number. RFC 2831, 2.3. */
const KIND = 1;
const TAIL_BYTES = 2 + 4;
/** Of DES. */
const BLOCK_BYTES = 8;

/** https://www.rfc-editor.org/rfc/rfc2831#section-2.3 and the next */
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

/** The words are the RFC's. */
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
    // One chain of blocks through all messages.
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

/** Triple DES with two keys of 56 bits each, from the first 14 bytes; the last eight are the vector. RFC 2831, 2.4. */
function desOf(sealing: Buffer): [string, Buffer, Buffer] {
  const key = Buffer.concat([desKey(sealing.subarray(0, 7)), desKey(sealing.subarray(7, 14))]);
  return ['des-ede-cbc', key, sealing.subarray(8, 16)];
}

/** Seven bits a byte; the eighth is for parity, which nobody looks at. */
function desKey(bits: Buffer): Buffer {
  const all = BigInt(`0x${bits.toString('hex')}`);
  return Buffer.from(Array.from({ length: 8 }, (_, at) => Number((all >> BigInt(49 - 7 * at)) & 0x7fn) << 1));
}

const unsealed = () => protocolError('DIGEST-MD5', 'NotSealedByTheOtherSide');
