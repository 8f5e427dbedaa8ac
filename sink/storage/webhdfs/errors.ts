import { FileSystemError, type FileSystemErrorKind } from '../errors.ts';
import { isNotActive, isStandby, kindOf } from '../remote-exceptions.ts';

/**
 * The requests that the client may send to the other NameNode of a pair after a failure:
 *
 * - `anything`: no server has begun the request. The client never sent it, or the NameNode says
 *   that it is not the active one.
 * - `reads`: there is no answer, or none that makes sense. A server may have applied the request,
 *   or may still apply it. So the client may repeat only a request that changes nothing.
 * - `nothing`: the active NameNode has answered.
 */
export type Elsewhere = 'anything' | 'reads' | 'nothing';

/** A request over WebHDFS without success. */
export class WebHdfsError extends FileSystemError {
  readonly elsewhere: Elsewhere;

  constructor(
    failure: {
      readonly kind: FileSystemErrorKind;
      readonly reason: string;
      readonly message: string;
      readonly elsewhere: Elsewhere;
    },
    options?: ErrorOptions,
  ) {
    super(failure.kind, failure.reason, failure.message, options);
    this.elsewhere = failure.elsewhere;
  }
}

/**
 * The answer of a secured cluster to a client whose token is missing, expired, cancelled or wrong.
 */
const UNKNOWN_USER = /^Failed to obtain user group information/;

/** The codes of OpenSSL for a certificate whose signer is unknown. */
const UNTRUSTED: readonly string[] = [
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/** The fault that an operator has to mend before a connection can be made. */
function adviceFor(code: string): string | undefined {
  if (UNTRUSTED.includes(code)) return 'HDFS_CA_FILE lacks the authority that signed the certificate shown';
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'the certificate that was shown is for another host name';
    case 'CERT_HAS_EXPIRED':
      return 'the certificate that was shown has expired';
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'no TLS is spoken at this port';
    default:
      return undefined;
  }
}

interface RemoteException {
  readonly exception: string;
  readonly message: string;
}

/**
 * A part of the answer of Hadoop's RPC server to HTTP: `Server.RECEIVED_HTTP_REQ_RESPONSE` of
 * hadoop-common.
 */
const RPC_PORT = 'Hadoop IPC port';

/**
 * Turns an answer without the status of a success into an error.
 *
 * @param mask removes secrets from the words of the answer. The JSON is parsed before, since it may
 *   escape them
 */
export function interpretAnswer(
  request: string,
  status: number,
  body: string,
  mask: (text: string) => string,
): WebHdfsError {
  const remote = readRemoteException(body);
  if (!remote && body.includes(RPC_PORT)) {
    const message = `${request}: that port is one of HDFS's own protocol`;
    return new WebHdfsError({ kind: 'unavailable', reason: 'SpeaksRpc', message, elsewhere: 'anything' });
  }
  if (!remote) {
    const refused = status === 401 || status === 407;
    return new WebHdfsError({
      kind: refused ? 'refused' : 'unavailable',
      reason: `HTTP ${status}`,
      message: `${request}: unexpected answer ${status}`,
      elsewhere: refused ? 'nothing' : 'reads',
    });
  }
  const exception = mask(remote.exception);
  const firstLine = mask(remote.message.split('\n', 1)[0] ?? '');
  const isUnknownUser = UNKNOWN_USER.test(firstLine);
  const advice = isUnknownUser ? ': HDFS_TOKEN_FILE needs a token that is good' : '';
  return new WebHdfsError({
    // Every IOException comes with the status 403, so only the class tells the kind.
    kind: kindOf(exception),
    reason: firstLine.includes('$InvalidToken:') ? 'InvalidToken' : exception,
    message: `${request}: ${exception}: ${firstLine}${advice}`,
    elsewhere: isNotActive(exception) ? 'anything' : 'nothing',
  });
}

/**
 * Turns a request without an answer into an error. The error has a cause.
 *
 * @param sent whether the first byte of the request may have left
 */
export function interpretFailure(request: string, cause: unknown, sent: boolean): WebHdfsError {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const reason = code === 'ABORT_ERR' || code === 'AbortError' ? 'ETIMEDOUT' : code;
  const advice = adviceFor(reason);
  return new WebHdfsError(
    {
      kind: advice === undefined ? 'unavailable' : 'refused',
      reason,
      message: `${request}: no ${sent ? 'answer' : 'connection'}: ${reason}${advice === undefined ? '' : `: ${advice}`}`,
      elsewhere: sent ? 'reads' : 'anything',
    },
    { cause },
  );
}

/** The error for an answer that has the status of a success but makes no sense. */
export function noSense(request: string, reason: string, options?: ErrorOptions): WebHdfsError {
  const message = `${request}: ${reason}: the answer makes no sense`;
  return new WebHdfsError({ kind: 'unavailable', reason, message, elsewhere: 'reads' }, options);
}

/**
 * The error where a NameNode that was asked over TLS names a DataNode without TLS. A location may
 * hold a token, and the request holds lines: both would go in the clear.
 */
export function plainRedirect(request: string, nameNode: URL, location: URL): WebHdfsError {
  const message =
    `${request}: ${nameNode.origin} names a DataNode without TLS, http://${location.host}: ` +
    'lines and token would go in the clear';
  return new WebHdfsError({ kind: 'refused', reason: 'PlainRedirect', message, elsewhere: 'nothing' });
}

/**
 * The error where no NameNode serves. The standby says least; the other NameNode has the reason.
 */
export function nobodyServes(failures: readonly WebHdfsError[]): WebHdfsError {
  const telling = failures.find((failure) => !isStandby(failure.reason)) ?? failures[0];
  if (!telling) throw new RangeError('no NameNode was asked');
  if (failures.length === 1) return telling;
  const { kind, reason, cause } = telling;
  const message = `no NameNode serves: ${failures.map((failure) => failure.message).join('; ')}`;
  const elsewhere = failures.every((failure) => failure.elsewhere === 'anything') ? 'anything' : 'reads';
  return new WebHdfsError({ kind, reason, message, elsewhere }, { cause });
}

function readRemoteException(body: string): RemoteException | undefined {
  try {
    const parsed = JSON.parse(body) as { RemoteException?: Partial<RemoteException> } | null;
    const { exception, message } = parsed?.RemoteException ?? {};
    return typeof exception === 'string' ? { exception, message: String(message ?? '') } : undefined;
  } catch {
    return undefined;
  }
}
