import { createCipheriv, createDecipheriv } from 'node:crypto';
import { CipherOption_Suite, type CipherOptionValid } from '../generated/data-transfer_pb.ts';
import type { Protection } from '../sasl/digest-protection.ts';
import type { ByteReader } from '../wire/byte-reader.ts';
import { protocolError } from '../wire/errors.ts';

/**
 * AES in counter mode over all that goes to and fro, in place of the exchange's own cipher, by which its keys came sealed.
 * Nothing is signed: `dfs.encrypt.data.transfer.cipher.suites` knows no suite that does.
 *
 * @throws {HdfsError} `protocol` where they were not sealed by the other side, or are no keys
 */
export function aesOf({ suite, inKey, inIv, outKey, outIv }: CipherOptionValid, exchange: Protection) {
  if (suite !== CipherOption_Suite.AES_CTR_NOPADDING)
    throw protocolError(`cipher suite ${suite}`, 'UnknownCipher');
  // In the order in which they were sealed.
  const [toIt, fromIt] = [inKey, outKey].map((key) => exchange.open(Buffer.from(key)));
  if (!toIt || !fromIt) throw protocolError('cipher', 'NoKeys');
  const cipher = make(() => createCipheriv(nameFor(toIt), toIt, inIv));
  const decipher = make(() => createDecipheriv(nameFor(fromIt), fromIt, outIv));
  const protection: Protection = {
    maxMessageBytes: Number.POSITIVE_INFINITY,
    seal: (message) => cipher.update(message),
    open: (sealed) => decipher.update(sealed),
  };
  return { protection, envelope: STREAM };
}

/** A stream of bytes: nothing stands around a message. */
const STREAM = { enclose: (sealed: Buffer) => sealed, next: (reader: ByteReader) => reader.readSome() };

const nameFor = (key: Buffer): string => `aes-${8 * key.length}-ctr`;

function make<Cipher>(create: () => Cipher): Cipher {
  try {
    return create();
  } catch (cause) {
    throw protocolError('cipher', 'NoKeys', { cause });
  }
}
