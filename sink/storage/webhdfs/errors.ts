import { FileSystemError, type FileSystemErrorKind } from '../errors.ts';
import { isNotActive, isStandby, kindOf } from '../remote-exceptions.ts';

/**
 * What may be asked of the other NameNode of a pair after one has failed to do it:
 *
 * - `anything`: this request was not begun. It was never sent, or the NameNode says that it is not the active one.
 * - `reads`: no answer, or none that makes sense. The request may have been applied, or may yet be, so only one that changes nothing
 *   may be asked again.
 * - `nothing`: the active one has spoken.
 */
export type Elsewhere = 'anything' | 'reads' | 'nothing';

/** A request to HDFS that has no success. */
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

/** How a secured cluster answers who has no token, or one that has expired, was cancelled, or never was one. */
const UNKNOWN_USER = /^Failed to obtain user group information/;

/** Certificates whose signer is not known, in the words of OpenSSL. */
const UNTRUSTED: readonly string[] = [
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/** What an operator has to mend before a connection can be made. */
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

/** In what Hadoop's RPC server answers to HTTP. `Server.RECEIVED_HTTP_REQ_RESPONSE` of hadoop-common. */
const RPC_PORT = 'Hadoop IPC port';

/**
 * Reads an answer that is not the one the request hoped for.
 * @param mask takes secrets out of what the answer says; its words are read first, for JSON may have escaped them
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
    // Every IOException comes as a 403, so the class decides and never the status.
    kind: kindOf(exception),
    reason: firstLine.includes('$InvalidToken:') ? 'InvalidToken' : exception,
    message: `${request}: ${exception}: ${firstLine}${advice}`,
    elsewhere: isNotActive(exception) ? 'anything' : 'nothing',
  });
}

/**
 * Reads a request that got no answer.
 * @param sent whether its first byte may have left
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

/** An answer that says nothing, with the status of a success. */
export function noSense(request: string, reason: string, options?: ErrorOptions): WebHdfsError {
  const message = `${request}: ${reason}: the answer makes no sense`;
  return new WebHdfsError({ kind: 'unavailable', reason, message, elsewhere: 'reads' }, options);
}

/** None of the NameNodes serves. What the standby says is the least of it: the other one has the reason. */
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
