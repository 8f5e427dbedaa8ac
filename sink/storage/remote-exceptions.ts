import type { StoreErrorKind } from '../ledger/errors.ts';

/**
 * What HDFS's remote exceptions mean in the store's own words, by their simple names; what is not listed is a passing
 * fault.
 * https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/WebHDFS.html#Error_Responses
 */
const KINDS = new Map<string, StoreErrorKind>(
  Object.entries({
    FileNotFoundException: 'fenced',
    LeaseExpiredException: 'fenced',
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
    ParentNotDirectoryException: 'refused',
    PathComponentTooLongException: 'refused',
    MaxDirectoryItemsExceededException: 'refused',
    AuthorizationException: 'refused',
    NotAToken: 'refused',
    TokenCutShort: 'refused',
  }),
);

export const kindOf = (exception: string): StoreErrorKind => KINDS.get(exception) ?? 'unavailable';
