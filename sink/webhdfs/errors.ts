import { StoreError, type StoreErrorKind } from '../errors.ts';

/**
 * What WebHDFS's remote exceptions mean in the store's own words. Every IOException comes as a 403, so the class
 * decides and never the status; what is not listed is a passing fault.
 * https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/WebHDFS.html#Error_Responses
 */
const KINDS: Readonly<Record<string, StoreErrorKind>> = {
  FileNotFoundException: 'fenced',
  LeaseExpiredException: 'fenced',
  FileAlreadyExistsException: 'exists',
  AccessControlException: 'refused',
  SecurityException: 'refused',
  InvalidToken: 'refused',
  NSQuotaExceededException: 'refused',
  DSQuotaExceededException: 'refused',
  QuotaByStorageTypeExceededException: 'refused',
  UnsupportedOperationException: 'refused',
  ParentNotDirectoryException: 'refused',
  PathComponentTooLongException: 'refused',
  MaxDirectoryItemsExceededException: 'refused',
};

/** A NameNode that says so has not applied the request: another one may be asked at once. */
export const isStandby = (error: StoreError): boolean => error.reason === 'StandbyException';

/** The connection was never made, so the request was never sent. */
export function isUnreachable({ cause }: StoreError): boolean {
  const syscall = cause instanceof Error && 'syscall' in cause ? cause.syscall : undefined;
  return syscall === 'connect' || syscall === 'getaddrinfo';
}

interface RemoteException {
  readonly exception: string;
  readonly message: string;
}

/** Reads an answer that is not the one the request hoped for. */
export function interpretAnswer(request: string, status: number, body: string): StoreError {
  const remote = readRemoteException(body);
  if (!remote) {
    const kind = status === 401 || status === 407 ? 'refused' : 'unavailable';
    return new StoreError(kind, `HTTP ${status}`, `${request}: unexpected answer ${status}`);
  }
  const firstLine = remote.message.split('\n', 1)[0];
  return new StoreError(
    KINDS[remote.exception] ?? 'unavailable',
    remote.exception,
    `${request}: ${remote.exception}: ${firstLine}`,
  );
}

/** Reads a request that got no answer. */
export function interpretFailure(request: string, cause: unknown): StoreError {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const reason = code === 'ABORT_ERR' || code === 'AbortError' ? 'ETIMEDOUT' : code;
  return new StoreError('unavailable', reason, `${request}: no answer: ${reason}`, { cause });
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
