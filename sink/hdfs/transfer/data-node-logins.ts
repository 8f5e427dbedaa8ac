import type { DatanodeInfo } from '../generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from '../generated/name-node_pb.ts';
import type { RpcClient } from '../rpc/client.ts';
import type { Caller } from '../rpc/connection.ts';
import { base64, type Login, loginOf } from '../sasl/login.ts';
import type { Token } from '../sasl/token.ts';
import { HdfsError } from '../wire/errors.ts';

/** What SASL calls a DataNode, whoever it is. `SaslParticipant` of hadoop-hdfs-client. */
const URI = 'hdfs/0';
/** A DataNode that listens below was started by root, which is proof enough for Hadoop. `SecurityUtil.isPrivilegedPort`. */
const UNPRIVILEGED_PORT = 1024;

export interface LoginsOptions extends Pick<Caller, 'token'> {
  readonly rpc: RpcClient;
  /** Whether DataNodes encrypt whatever they transfer: `dfs.encrypt.data.transfer`. */
  readonly isEncrypted: () => Promise<boolean>;
  readonly plainDataNodes?: boolean;
}

/** By what we show a DataNode that we may speak to it. Java's client reads in the cluster's configuration which way that is; we ask the NameNode, and go by what we are. */
export class DataNodeLogins {
  readonly #options: LoginsOptions;

  constructor(options: LoginsOptions) {
    this.#options = options;
  }

  /** To work on the block of this token; undefined where no login is wanted. @throws {HdfsError} */
  async of({ id }: DatanodeInfo, block: Token): Promise<Login | undefined> {
    const { token, plainDataNodes = false, isEncrypted } = this.#options;
    if (await isEncrypted()) return this.#keyLogin();
    const isPrivileged = (id?.transferPort ?? 0) < UNPRIVILEGED_PORT;
    if (token === undefined || plainDataNodes || isPrivileged) return undefined;
    return loginOf(block, URI);
  }

  /** Each time a fresh one, so that none that is too old is ever used. */
  async #keyLogin(): Promise<Login> {
    const { key } = await this.#options.rpc.call(ClientNamenodeProtocol.method.getDataEncryptionKey, {});
    if (!key) throw new HdfsError('remote', 'NoEncryptionKey', 'the NameNode has no key to encrypt data by');
    const name = `${key.keyId} ${key.poolId} ${base64(key.nonce)}`;
    return { name, password: base64(key.encryptionKey), uri: URI };
  }
}
