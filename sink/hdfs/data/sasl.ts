import { HdfsError, nonsense } from '../errors.ts';
import { SaslMessage_Status, SaslMessageSchema } from '../generated/data-transfer_pb.ts';
import { answerDigest, type Login } from '../sasl/digest-md5.ts';
import { protect } from '../sasl/protected-stream.ts';
import type { ByteReader } from '../wire/byte-reader.ts';
import type { Channel } from '../wire/channel.ts';
import { delimited } from '../wire/delimited.ts';

/** In place of a version. `DataTransferSaslUtil.SASL_TRANSFER_MAGIC_NUMBER` of hadoop-hdfs-client. */
const MAGIC = Buffer.from([0xde, 0xad, 0xbe, 0xef]);
/** More than a packet and its lengths, of which `PacketReceiver.MAX_PACKET_SIZE` is the limit. */
const MAX_SEALED_BYTES = 17 * 1024 * 1024;

/**
 * Proves to a DataNode that we know the login, and has it prove that it knows it. What is returned may be protected, as
 * the DataNode wants it: `dfs.data.transfer.protection`.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-hdfs-project/hadoop-hdfs-client/src/main/java/org/apache/hadoop/hdfs/protocol/datatransfer/sasl/SaslDataTransferClient.java
 * @throws {HdfsError} `remote` where it does not take it; `lost` also where it speaks no SASL, and hangs up
 */
export async function authenticate(channel: Channel, login: Login, what: string): Promise<Channel> {
  const { socket, reader } = channel;
  socket.write(Buffer.concat([MAGIC, saslMessage(new Uint8Array())]));
  const answer = answerDigest(await receive(reader, what), login);
  socket.write(saslMessage(answer.response));
  const protection = answer.accept(await receive(reader, what));
  return protect(channel, protection, { envelope: ENVELOPE, what });
}

async function receive(reader: ByteReader, what: string): Promise<Uint8Array> {
  const { status, payload, message } = await reader.message(SaslMessageSchema);
  if (status === SaslMessage_Status.SUCCESS) return payload;
  throw new HdfsError('remote', 'SaslException', `${what}: it does not authenticate us: ${message}`);
}

function saslMessage(payload: Uint8Array): Buffer {
  return delimited(SaslMessageSchema, { status: SaslMessage_Status.SUCCESS, payload });
}

/** Each behind its length. `SaslOutputStream` of hadoop-common. */
const ENVELOPE = {
  enclose: (sealed: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(sealed.length);
    return Buffer.concat([length, sealed]);
  },
  next: async (reader: ByteReader) => {
    const length = (await reader.read(4)).readUInt32BE();
    if (length > MAX_SEALED_BYTES) throw nonsense('DataNode', `Sealed${length}Bytes`);
    return reader.read(length);
  },
};
