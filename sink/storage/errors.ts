/**
 * Why a request to HDFS has no success:
 *
 * - `missing`: there is nothing at the path, or this client's lease on the file is gone.
 * - `exists`: the name is taken.
 * - `refused`: an operator has to act (permission, quota, erasure coding). A later request may
 *   succeed.
 * - `unavailable`: a passing fault, or no answer.
 *
 * No kind says that HDFS has not applied a changing request.
 */
export type FileSystemErrorKind = 'missing' | 'exists' | 'refused' | 'unavailable';

/**
 * Every request of a `FileSystem` or an `Inspector` rejects with this error, whatever the protocol.
 */
export class FileSystemError extends Error {
  override readonly name = 'FileSystemError';
  readonly kind: FileSystemErrorKind;
  /**
   * The class of the remote exception, or the error code of the socket: for logs and for advice.
   */
  readonly reason: string;

  constructor(kind: FileSystemErrorKind, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.reason = reason;
  }
}

/** The error for a path that the NameNode does not know, where its answer was no exception. */
export function missingPath(path: string, cause?: unknown): FileSystemError {
  return new FileSystemError('missing', 'FileNotFoundException', `${path} is gone`, { cause });
}
