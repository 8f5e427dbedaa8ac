import type { DatanodeInfo } from '../generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from '../generated/name-node_pb.ts';
import type { RpcClient } from '../rpc/client.ts';
import type { Caller } from '../rpc/connection.ts';
import { base64, type Login, loginOf } from '../sasl/login.ts';
import type { Token } from '../sasl/token.ts';
import { HdfsError } from '../wire/errors.ts';

/** The SASL name of every DataNode. `SaslParticipant` of hadoop-hdfs-client. */
const URI = 'hdfs/0';
/**
 * Only root can listen below this port. For Hadoop that proves who the DataNode is.
 * `SecurityUtil.isPrivilegedPort`.
 */
const UNPRIVILEGED_PORT = 1024;

export interface DataNodeLoginsOptions extends Pick<Caller, 'token'> {
  readonly rpc: RpcClient;
  /** Whether DataNodes encrypt all data that they transfer: `dfs.encrypt.data.transfer`. */
  readonly isEncrypted: () => Promise<boolean>;
  readonly plainDataNodes?: boolean;
}

/**
 * Decides which login the client shows a DataNode. Hadoop's client reads that in the cluster's
 * configuration. This client asks the NameNode whether DataNodes encrypt, and looks at whether it
 * has a token itself.
 */
export class DataNodeLogins {
  readonly #options: DataNodeLoginsOptions;

  constructor(options: DataNodeLoginsOptions) {
    this.#options = options;
  }

  /**
   * The login for an operation on the block with this token; undefined where none is needed.
   *
   * @throws {HdfsError}
   */
  async of({ id }: DatanodeInfo, block: Token): Promise<Login | undefined> {
    const { token, plainDataNodes = false, isEncrypted } = this.#options;
    if (await isEncrypted()) return this.#keyLogin();
    const isPrivileged = (id?.transferPort ?? 0) < UNPRIVILEGED_PORT;
    if (token === undefined || plainDataNodes || isPrivileged) return undefined;
    return loginOf(block, URI);
  }

  /** Asks for a new key each time, so that no expired key is ever used. */
  async #keyLogin(): Promise<Login> {
    const { key } = await this.#options.rpc.call(ClientNamenodeProtocol.method.getDataEncryptionKey, {});
    if (!key) throw new HdfsError('remote', 'NoEncryptionKey', 'the NameNode has no key to encrypt data by');
    const name = `${key.keyId} ${key.poolId} ${base64(key.nonce)}`;
    return { name, password: base64(key.encryptionKey), uri: URI };
  }
}
