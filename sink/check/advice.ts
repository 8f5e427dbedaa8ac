import type { FileSystemError } from '../storage/errors.ts';

/** What an operator does about a request that HDFS refused or did not answer; undefined where the error says it all. */
export function adviceFor(
  { reason, message }: Pick<FileSystemError, 'reason' | 'message'>,
  user: string,
): string | undefined {
  // A NameNode of an HA pair wraps it into a RetriableException.
  if (/safe ?mode/i.test(`${reason} ${message}`)) {
    return 'the NameNode takes no changes now: see why with "hdfs dfsadmin -safemode get"; the sink waits and goes on by itself';
  }
  switch (reason) {
    case 'AccessControlException': {
      const who = userIn(message) ?? user;
      return `give ${who} the right: "hdfs dfs -chown ${who} ${inodeOf(message)}", or change who acts (HDFS_USER or HDFS_TOKEN_FILE) or HDFS_DIR`;
    }
    case 'DSQuotaExceededException':
    case 'NSQuotaExceededException':
    case 'QuotaByStorageTypeExceededException':
      return 'raise the quota: "hdfs dfsadmin -setSpaceQuota" or "-setQuota"';
    case 'UnsupportedOperationException':
      return 'the folder is erasure-coded or its storage policy is LAZY_PERSIST: neither can be appended to; set HDFS_DIR';
    case 'ParentNotDirectoryException':
      return 'something above is a file; set HDFS_DIR';
    case 'HTTP 401':
      return 'HDFS wants another authentication than a user name; the README says what secured clusters need';
    case 'NoToken':
    case 'InvalidToken':
      return 'fetch a fresh delegation token into HDFS_TOKEN_FILE';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'this host name does not resolve here: mend DNS or /etc/hosts; a nameservice is given as its NameNodes, "nn1:8020,nn2:8020" each with its hdfs://';
    case 'SpeaksHttp':
      return "that port is WebHDFS's: hdfs:// wants the one of dfs.namenode.rpc-address, 8020 by default";
    case 'SpeaksRpc':
      return "that port is HDFS's own protocol's: give it with hdfs://, or the port of dfs.namenode.http-address, 9870 by default";
    case 'ECONNRESET':
      return 'something hangs up there: is it a NameNode, and the port that HDFS_URL needs (hdfs:// 8020, http:// 9870)?';
    case 'ECONNREFUSED':
      return 'nothing listens there: is it running, and is the address right?';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no way there: a firewall, a dead host, or one that hangs?';
    default:
      return undefined;
  }
}

const inodeOf = (message: string): string => /inode="([^"]*)"/.exec(message)?.[1] ?? '<the folder>';

/** As HDFS saw it: with a delegation token nothing else tells. */
export const userIn = (message: string): string | undefined => /user=([^,]+),/.exec(message)?.[1];
