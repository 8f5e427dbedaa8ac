import type { FileSystemError } from '../storage/errors.ts';
import { isSafeMode } from '../storage/remote-exceptions.ts';

/** Who would act in HDFS, and where. */
export interface Actor {
  /** The user of the sink, for messages that do not name the user. */
  readonly user: string;
  /** The outermost folder that may be the sink's own: HDFS_DIR, or the topic's below the root. */
  readonly folder: string;
}

/** For failures in which no user plays a part. */
const NOBODY: Actor = { user: '', folder: '' };

const QUOTA = 'raise the quota: "hdfs dfsadmin -setSpaceQuota" or "-setQuota"';
const TOKEN = 'fetch a fresh delegation token into HDFS_TOKEN_FILE';
const NAME =
  'this host name does not resolve here: mend DNS or /etc/hosts; a nameservice is given as its NameNodes, "nn1:8020,nn2:8020" each with its hdfs://';
const USER_PATTERN =
  'WebHDFS refuses this name in HDFS_USER: let dfs.webhdfs.user.provider.user.pattern match it on NameNodes and DataNodes, or give HDFS_URL with hdfs://';
const NO_WAY = 'nothing answers there: a firewall, a dead host, or a host that hangs?';

/** By the reason of the error: the class of the remote exception, or the code of the socket. */
const BY_REASON = new Map<string, string>(
  Object.entries({
    DSQuotaExceededException: QUOTA,
    NSQuotaExceededException: QUOTA,
    QuotaByStorageTypeExceededException: QUOTA,
    UnsupportedOperationException:
      'the folder is erasure-coded or its storage policy is LAZY_PERSIST: neither can be appended to; set HDFS_DIR',
    ParentNotDirectoryException: 'a part of the path is a file; set HDFS_DIR',
    'HTTP 401':
      'HDFS wants another authentication than a user name; OPERATIONS.md says what secured clusters need',
    PlainRedirect:
      'set dfs.http.policy to HTTPS_ONLY on the DataNodes, or have the gateway name itself; HDFS_ALLOW_PLAIN_REDIRECT=true takes the risk',
    PathComponentTooLongException:
      'the NameNode takes no name as long as this one: raise its dfs.namenode.fs-limits.max-component-length',
    NoToken: TOKEN,
    InvalidToken: TOKEN,
    ENOTFOUND: NAME,
    EAI_AGAIN: NAME,
    SpeaksHttp:
      'that port is the port of WebHDFS: hdfs:// wants the port of dfs.namenode.rpc-address, 8020 by default',
    SpeaksRpc:
      "that port speaks HDFS's own protocol: give it with hdfs://, or give the port of dfs.namenode.http-address, 9870 by default",
    ECONNRESET:
      'the other side hangs up: is it a NameNode, and the port that HDFS_URL needs (hdfs:// 8020, http:// 9870)?',
    ECONNREFUSED: 'nothing listens there: is it running, and is the address right?',
    ETIMEDOUT: NO_WAY,
    EHOSTUNREACH: NO_WAY,
    ENETUNREACH: NO_WAY,
  }),
);

/**
 * How an operator can help a request that HDFS refused or did not answer. Undefined where the error
 * itself says everything.
 */
export function adviceFor(
  { reason, message }: Pick<FileSystemError, 'reason' | 'message'>,
  actor: Actor = NOBODY,
): string | undefined {
  if (isSafeMode(reason, message)) {
    return 'the NameNode takes no changes now: see why with "hdfs dfsadmin -safemode get"; the sink waits and goes on by itself';
  }
  if (reason === 'AccessControlException') return adviceForPermission(message, actor);
  if (message.includes('does not belong to the domain')) return USER_PATTERN;
  return BY_REASON.get(reason);
}

/** A folder above HDFS_DIR belongs to others. The advice is never to give one away. */
function adviceForPermission(message: string, { user, folder }: Actor): string {
  const actor = userIn(message) ?? user;
  const refused = /inode="([^"]*)"/.exec(message)?.[1] ?? folder;
  const isOwn = `${refused}/`.startsWith(`${folder}/`);
  const command = isOwn
    ? `"hdfs dfs -chown ${actor} ${refused}"`
    : `"hdfs dfs -mkdir -p ${folder}" and "hdfs dfs -chown ${actor} ${folder}"`;
  return `give ${actor} the right: ${command}, or change who acts (HDFS_USER or HDFS_TOKEN_FILE) or HDFS_DIR`;
}

/** The user in a message of HDFS. With a delegation token, no setting names the user. */
export const userIn = (message: string): string | undefined => /user=([^,]+),/.exec(message)?.[1];
