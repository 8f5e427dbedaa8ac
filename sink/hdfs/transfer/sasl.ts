import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  CipherOption_Suite,
  type CipherOptionSchema,
  SaslMessage_Status,
  SaslMessageSchema,
  type SaslMessageValid,
} from '../generated/data-transfer_pb.ts';
import { answerDigest } from '../sasl/digest-md5.ts';
import type { Login } from '../sasl/login.ts';
import { protect } from '../sasl/protected-stream.ts';
import type { ByteReader } from '../wire/byte-reader.ts';
import type { Channel } from '../wire/channel.ts';
import { delimited } from '../wire/delimited.ts';
import { HdfsError, protocolError } from '../wire/errors.ts';
import { aesOf } from './aes.ts';

/**
 * Stands in place of the protocol's version. `DataTransferSaslUtil.SASL_TRANSFER_MAGIC_NUMBER` of
 * hadoop-hdfs-client.
 */
const MAGIC = Buffer.from([0xde, 0xad, 0xbe, 0xef]);
/** More than the longest packet with its lengths, see `PacketReceiver.MAX_PACKET_SIZE`. */
const MAX_SEALED_BYTES = 17 * 1024 * 1024;

/**
 * Proves to a DataNode that the client knows the login, and checks that the DataNode knows it too.
 * The returned channel is protected as the DataNode's `dfs.data.transfer.protection` demands.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-hdfs-project/hadoop-hdfs-client/src/main/java/org/apache/hadoop/hdfs/protocol/datatransfer/sasl/SaslDataTransferClient.java
 *
 * @throws {HdfsError} `remote` where the DataNode refuses the login; `connection` also where the
 *   DataNode speaks no SASL and hangs up
 */
export async function authenticate(channel: Channel, login: Login, what: string): Promise<Channel> {
  const { socket, reader } = channel;
  socket.write(Buffer.concat([MAGIC, saslMessage({ payload: new Uint8Array() })]));
  const answer = answerDigest((await receiveFirst(reader, what)).payload, login);
  const cipherOptions = answer.qop === 'auth-conf' ? [{ suite: CipherOption_Suite.AES_CTR_NOPADDING }] : [];
  socket.write(saslMessage({ payload: answer.response, cipherOptions }));
  const last = await receive(reader, what);
  const protection = answer.accept(last.payload);
  if (protection === undefined) return channel;
  const [chosen] = last.cipherOptions;
  const how = chosen ? aesOf(chosen, protection) : { protection, envelope: ENVELOPE };
  return protect(channel, how, what);
}

/** A DataNode without SASL reads the magic number as an unknown version, and hangs up. */
async function receiveFirst(reader: ByteReader, what: string): Promise<SaslMessageValid> {
  try {
    return await receive(reader, what);
  } catch (cause) {
    if (!(cause instanceof HdfsError) || cause.kind !== 'connection') throw cause;
    throw new HdfsError('connection', cause.reason, `${cause.message}, when asked for SASL`, { cause });
  }
}

async function receive(reader: ByteReader, what: string): Promise<SaslMessageValid> {
  const answer = await reader.message(SaslMessageSchema);
  if (answer.status === SaslMessage_Status.SUCCESS) return answer;
  throw new HdfsError(
    'remote',
    'SaslException',
    `${what}: the DataNode refused the login: ${answer.message}`,
  );
}

function saslMessage(said: {
  readonly payload: Uint8Array;
  readonly cipherOptions?: MessageInitShape<typeof CipherOptionSchema>[];
}): Buffer {
  return delimited(SaslMessageSchema, { status: SaslMessage_Status.SUCCESS, ...said });
}

/** Each sealed message stands after its length. `SaslOutputStream` of hadoop-common. */
const ENVELOPE = {
  enclose: (sealed: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(sealed.length);
    return Buffer.concat([length, sealed]);
  },
  next: async (reader: ByteReader) => {
    const length = (await reader.read(4)).readUInt32BE();
    if (length > MAX_SEALED_BYTES)
      throw protocolError(`DataNode: sealed message of ${length} bytes`, 'TooLong');
    return reader.read(length);
  },
};
