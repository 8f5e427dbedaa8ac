import { ClientNamenodeProtocol } from './generated/name-node_pb.ts';
import type { RpcClient } from './rpc/client.ts';
import { HdfsError } from './wire/errors.ts';

/** A lease that is not renewed for `HdfsConstants.LEASE_SOFTLIMIT_PERIOD`, a minute, may be taken by anybody. */
const RENEW_INTERVAL_MS = 20_000;

export interface LeaseOptions {
  readonly rpc: RpcClient;
  /** Of the one file that is open under this name. */
  readonly clientName: string;
  readonly path: string;
  /** It is this file still: whatever else is due from time to time. */
  readonly onRenewed: () => Promise<void>;
  /** The file is not at its path any more: it was renamed, or its folder was. */
  readonly onLost: (error: HdfsError) => void;
}

/** Keeps the lease of a file that is open, as long as the file is where it was opened. */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #timer: NodeJS.Timeout;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#renew(), RENEW_INTERVAL_MS);
  }

  /** From now on it is left to expire. */
  end(): void {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    const { rpc, clientName, path, onRenewed, onLost } = this.#options;
    const { method } = ClientNamenodeProtocol;
    try {
      const { status } = await rpc.call(method.getFileInfo, { source: path });
      if (status) {
        await rpc.call(method.renewLease, { clientName });
        await onRenewed();
      } else onLost(new HdfsError('remote', 'FileNotFoundException', `${path} is not there any more`));
    } catch {
      // The next round is in time still, and a write finds out what is wrong.
    }
  }
}
