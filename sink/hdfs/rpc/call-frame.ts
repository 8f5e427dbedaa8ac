import { IpcConnectionContextSchema, RequestHeaderSchema } from '../generated/rpc_pb.ts';
import { delimited } from '../wire/delimited.ts';
import { type CallIdentity, frame, requestHeader } from './frame.ts';

/**
 * The Java interfaces whose methods are called. `ProtocolInfo` of ClientNamenodeProtocolPB and
 * ClientDatanodeProtocolPB.
 */
export const PROTOCOL = {
  nameNode: 'org.apache.hadoop.hdfs.protocol.ClientProtocol',
  dataNode: 'org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol',
} as const;
/** The version of both interfaces. */
const PROTOCOL_VERSION = 1n;
/** The context has no answer. `RpcConstants.CONNECTION_CONTEXT_CALL_ID`. */
const CONTEXT_CALL_ID = -3;

/** Tells the server who calls which interface. It is the first frame after the authentication. */
export function contextFrame(protocol: string, user: { readonly effectiveUser?: string }): Buffer {
  const header = requestHeader({ clientId: new Uint8Array(16), callId: CONTEXT_CALL_ID, retryCount: -1 });
  return frame([header, delimited(IpcConnectionContextSchema, { user, protocol })]);
}

/** @param request the delimited message */
export function callFrame(
  called: { readonly method: string; readonly declaringClass: string },
  identity: CallIdentity,
  request: Buffer,
): Buffer {
  const target = { ...called, clientProtocolVersion: PROTOCOL_VERSION };
  return frame([requestHeader(identity), delimited(RequestHeaderSchema, target), request]);
}
