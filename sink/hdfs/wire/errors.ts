/**
 * How a request to HDFS failed:
 *
 * - `remote`: the server answered, and refused. `reason` is the simple name of the server's
 *   exception, or the status of a DataNode.
 * - `connection`: there was no connection, no answer in time, or the connection broke.
 *   `reason` is the socket's error code.
 * - `protocol`: the bytes that came are not of the protocol, or are longer than any message of it.
 *   `reason` is one of a few fixed words. Received text stands in the message only.
 * - `closed`: the caller closed the client or the file, before the call or during it.
 */
export type HdfsErrorKind = 'remote' | 'connection' | 'protocol' | 'closed';

/** Everything that this library rejects with. Argument errors are a `RangeError`. */
export class HdfsError extends Error {
  override readonly name = 'HdfsError';
  readonly kind: HdfsErrorKind;
  readonly reason: string;

  constructor(kind: HdfsErrorKind, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.reason = reason;
  }
}

/** The error of a socket. An `HdfsError` that destroyed the socket is returned as it is. */
export function connectionLost(what: string, cause: unknown): HdfsError {
  if (cause instanceof HdfsError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'ECONNRESET';
  return new HdfsError('connection', code, `${what}: ${code}`, { cause });
}

export function timedOut(what: string, ms: number): HdfsError {
  return new HdfsError('connection', 'ETIMEDOUT', `${what}: no answer within ${ms} ms`);
}

export function protocolError(what: string, reason: string, options?: ErrorOptions): HdfsError {
  return new HdfsError('protocol', reason, `${what}: ${reason}`, options);
}
