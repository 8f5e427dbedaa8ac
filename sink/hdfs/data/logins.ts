import type { DatanodeInfo } from '../generated/hdfs_pb.ts';
import type { Caller } from '../rpc/connection.ts';
import { loginOf } from '../rpc/sasl.ts';
import type { Login } from '../sasl/digest-md5.ts';
import type { Token } from '../token.ts';

/** What SASL calls a DataNode, whoever it is. `SaslParticipant` of hadoop-hdfs-client. */
const URI = 'hdfs/0';
/** A DataNode that listens below was started by root, which is proof enough for Hadoop. `SecurityUtil.isPrivilegedPort`. */
const UNPRIVILEGED_PORT = 1024;

export interface LoginsOptions extends Pick<Caller, 'token'> {
  readonly plainDataNodes?: boolean;
}

/** What is to be proven to which DataNode. Java's client is told by the same configuration as the cluster; we go by what we see. */
export class DataNodeLogins {
  readonly #options: LoginsOptions;

  constructor(options: LoginsOptions) {
    this.#options = options;
  }

  async of({ id }: DatanodeInfo, block: Token): Promise<Login | undefined> {
    const { token, plainDataNodes = false } = this.#options;
    const isPrivileged = (id?.transferPort ?? 0) < UNPRIVILEGED_PORT;
    if (token === undefined || plainDataNodes || isPrivileged) return undefined;
    return { ...loginOf(block), uri: URI };
  }
}
