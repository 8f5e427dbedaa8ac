/**
 * How something asked of HDFS failed:
 *
 * - `remote`: the server spoke, and said no. `reason` is the simple name of its exception, or the status of a DataNode.
 * - `connection`: no connection, no answer in time, or the connection broke. `reason` is the socket's error code.
 * - `protocol`: what came is not of the protocol, or longer than anything it has to say.
 *   `reason` is one of a few words: whatever was received is in the message alone.
 * - `closed`: the file was closed, or had failed before.
 */
export type HdfsErrorKind = 'remote' | 'connection' | 'protocol' | 'closed';

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

/** What a socket's own error says. */
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
