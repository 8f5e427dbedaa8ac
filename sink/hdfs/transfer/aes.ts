import { createCipheriv, createDecipheriv } from 'node:crypto';
import { CipherOption_Suite, type CipherOptionValid } from '../generated/data-transfer_pb.ts';
import type { Protection } from '../sasl/digest-protection.ts';
import type { ByteReader } from '../wire/byte-reader.ts';
import { protocolError } from '../wire/errors.ts';

/**
 * AES in counter mode over the whole connection, in place of the cipher of the SASL exchange.
 * The DataNode sends the keys, sealed by that cipher. Messages are not signed: no suite of
 * `dfs.encrypt.data.transfer.cipher.suites` signs.
 *
 * @throws {HdfsError} `protocol` where the DataNode did not seal the keys, or they are no AES keys
 */
export function aesOf({ suite, inKey, inIv, outKey, outIv }: CipherOptionValid, exchange: Protection) {
  if (suite !== CipherOption_Suite.AES_CTR_NOPADDING)
    throw protocolError(`cipher suite ${suite}`, 'UnknownCipher');
  // In the order in which the DataNode sealed them. "In" and "out" are the DataNode's.
  const [outgoingKey, incomingKey] = [inKey, outKey].map((key) => exchange.open(Buffer.from(key)));
  if (!outgoingKey || !incomingKey) throw protocolError('cipher', 'NoKeys');
  const cipher = make(() => createCipheriv(nameFor(outgoingKey), outgoingKey, inIv));
  const decipher = make(() => createDecipheriv(nameFor(incomingKey), incomingKey, outIv));
  const protection: Protection = {
    maxMessageBytes: Number.POSITIVE_INFINITY,
    seal: (message) => cipher.update(message),
    open: (sealed) => decipher.update(sealed),
  };
  return { protection, envelope: STREAM };
}

/** A stream of bytes: messages are not delimited. */
const STREAM = { enclose: (sealed: Buffer) => sealed, next: (reader: ByteReader) => reader.readSome() };

const nameFor = (key: Buffer): string => `aes-${8 * key.length}-ctr`;

function make<Cipher>(create: () => Cipher): Cipher {
  try {
    return create();
  } catch (cause) {
    throw protocolError('cipher', 'NoKeys', { cause });
  }
}
