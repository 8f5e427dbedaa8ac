/**
 * How something asked of HDFS failed:
 *
 * - `remote`: the server spoke, and said no. `reason` is the simple name of its exception, or the status of a DataNode.
 * - `lost`: no connection, no answer in time, or the connection broke. `reason` is the socket's error code.
 * - `nonsense`: what came is not of the protocol, or longer than anything it has to say.
 *   `reason` is one of a few words: whatever was received is in the message alone.
 * - `misused`: the file was closed, or had failed before.
 */
export type HdfsErrorKind = 'remote' | 'lost' | 'nonsense' | 'misused';

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
export function lost(what: string, cause: unknown): HdfsError {
  if (cause instanceof HdfsError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'ECONNRESET';
  return new HdfsError('lost', code, `${what}: ${code}`, { cause });
}

export function late(what: string, ms: number): HdfsError {
  return new HdfsError('lost', 'ETIMEDOUT', `${what}: no answer within ${ms} ms`);
}

export function nonsense(what: string, reason: string, options?: ErrorOptions): HdfsError {
  return new HdfsError('nonsense', reason, `${what}: ${reason}`, options);
}
