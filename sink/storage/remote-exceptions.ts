import type { FileSystemErrorKind } from './errors.ts';

/**
 * The remote exceptions of HDFS, by the simple names of their Java classes. No other file of the
 * sink decides by these names; `check/advice.ts` only looks up its texts by them.
 * https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/WebHDFS.html#Error_Responses
 */
const KINDS = new Map<string, FileSystemErrorKind>(
  Object.entries({
    FileNotFoundException: 'missing',
    LeaseExpiredException: 'missing',
    FileAlreadyExistsException: 'exists',
    AccessControlException: 'refused',
    SecurityException: 'refused',
    InvalidToken: 'refused',
    SaslException: 'refused',
    UnsupportedProtection: 'refused',
    NSQuotaExceededException: 'refused',
    DSQuotaExceededException: 'refused',
    QuotaByStorageTypeExceededException: 'refused',
    UnsupportedOperationException: 'refused',
    EncryptedFile: 'refused',
    UnknownCryptoProtocolVersionException: 'refused',
    ParentNotDirectoryException: 'refused',
    PathComponentTooLongException: 'refused',
    MaxDirectoryItemsExceededException: 'refused',
    AuthorizationException: 'refused',
    NotAToken: 'refused',
    TokenCutShort: 'refused',
  }),
);

/** An exception without an entry is a passing fault. */
export const kindOf = (exception: string): FileSystemErrorKind => KINDS.get(exception) ?? 'unavailable';

const STANDBY = 'StandbyException';

/** Whether a standby NameNode answered. */
export const isStandby = (exception: string): boolean => exception === STANDBY;

/**
 * Whether the NameNode answered without a look at the request. A standby answers with the first
 * exception. A NameNode answers with the second while it starts, and after a failover until it
 * leaves its safe mode. The active NameNode of a pair never applies a request that it answers so.
 */
export const isNotActive = (exception: string): boolean =>
  isStandby(exception) || exception === 'RetriableException';

/** Whether an append or a recovery holds the file that the request was about. */
export const isHeld = (exception: string): boolean =>
  exception === 'AlreadyBeingCreatedException' || exception === 'RecoveryInProgressException';

/**
 * Whether the NameNode is in safe mode. A NameNode of an HA pair wraps the `SafeModeException` into
 * a `RetriableException`, so the message counts too.
 */
export const isSafeMode = (exception: string, message: string): boolean =>
  /safe ?mode/i.test(`${exception} ${message}`);
