import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  RpcResponseHeader_Status,
  type RpcSasl_AuthValid,
  RpcSasl_State,
  RpcSaslSchema,
  type RpcSaslValid,
} from '../generated/rpc_pb.ts';
import { answerDigest } from '../sasl/digest-md5.ts';
import { loginOf } from '../sasl/login.ts';
import { protect } from '../sasl/protected-stream.ts';
import type { Token } from '../sasl/token.ts';
import type { ByteReader } from '../wire/byte-reader.ts';
import type { Channel } from '../wire/channel.ts';
import { decodeDelimited, delimited } from '../wire/delimited.ts';
import { HdfsError, protocolError } from '../wire/errors.ts';
import { AUTH, frame, parseAnswer, preamble, readFrame, remoteError, requestHeader } from './frame.ts';

/** The call id of the server's messages in an exchange: an unsigned number. */
const SASL_CALL_ID = AUTH.sasl >>> 0;

/**
 * Proves to a server that the client has the token, and checks that the server knows it too.
 * The returned channel is protected as the server's `hadoop.rpc.protection` demands.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-common-project/hadoop-common/src/main/java/org/apache/hadoop/security/SaslRpcClient.java
 *
 * @throws {HdfsError} `remote` where the token is not valid, or the server takes no tokens
 */
export async function authenticate(channel: Channel, token: Token, what: string): Promise<Channel> {
  const { socket, reader } = channel;
  socket.write(Buffer.concat([preamble(AUTH.sasl), saslFrame({ state: RpcSasl_State.NEGOTIATE })]));
  const { method, mechanism, protocol, serverId, challenge } = tokenAuth(await receive(reader, what), what);
  const answer = answerDigest(challenge, loginOf(token, `${protocol}/${serverId}`));
  const auths = [{ method, mechanism, protocol, serverId }];
  socket.write(saslFrame({ state: RpcSasl_State.INITIATE, token: answer.response, auths }));
  const last = await receive(reader, what);
  if (last.state !== RpcSasl_State.SUCCESS) throw protocolError(what, 'SaslOutOfOrder');
  const protection = answer.accept(last.token);
  return protection ? protect(channel, { protection, envelope: envelopeOf(what) }, what) : channel;
}

/**
 * The server's offer to authenticate by token. The client never falls back to a bare user name:
 * a caller with a token relies on the server's proof.
 */
function tokenAuth({ state, auths }: RpcSaslValid, what: string): RpcSasl_AuthValid {
  if (state !== RpcSasl_State.NEGOTIATE) throw protocolError(what, 'SaslOutOfOrder');
  const found = auths.find(({ method, mechanism }) => method === 'TOKEN' && mechanism === 'DIGEST-MD5');
  if (found) return found;
  const taken = auths.map(({ method }) => method).join(', ');
  throw new HdfsError(
    'remote',
    'AccessControlException',
    `${what}: the server takes no token, only ${taken}`,
  );
}

async function receive(reader: ByteReader, what: string): Promise<RpcSaslValid> {
  const { header, body } = parseAnswer(await readFrame(reader, what), what);
  if (header.status !== RpcResponseHeader_Status.SUCCESS) {
    throw remoteError(what, header.exceptionClass, header.message);
  }
  if (header.callId !== SASL_CALL_ID) throw protocolError(what, 'NotSasl');
  return decodeDelimited(RpcSaslSchema, body, what);
}

function saslFrame(message: MessageInitShape<typeof RpcSaslSchema>): Buffer {
  const header = requestHeader({ clientId: new Uint8Array(), callId: AUTH.sasl, retryCount: -1 });
  return frame([header, delimited(RpcSaslSchema, message)]);
}

/** Each sealed frame is the token of a message of its own. */
const envelopeOf = (what: string) => ({
  enclose: (sealed: Buffer) => saslFrame({ state: RpcSasl_State.WRAP, token: sealed }),
  next: async (reader: ByteReader) => {
    const { state, token } = await receive(reader, what);
    if (state !== RpcSasl_State.WRAP) throw protocolError(what, 'NotWrapped');
    return Buffer.from(token);
  },
});
