import { ClientNamenodeProtocol } from './generated/name-node_pb.ts';
import type { RpcClient } from './rpc/client.ts';
import { HdfsError } from './wire/errors.ts';

/**
 * Any client may take a lease that was not renewed for `HdfsConstants.LEASE_SOFTLIMIT_PERIOD`,
 * which is a minute.
 */
const RENEW_INTERVAL_MS = 20_000;

export interface LeaseOptions {
  readonly rpc: RpcClient;
  /** The holder of the lease. Exactly one file is open under this name. */
  readonly clientName: string;
  readonly path: string;
  /** Called after each renewal. The file was at its path then. */
  readonly onRenewed: () => Promise<void>;
  /** Called when the file is no longer at its path: it or a folder above it was renamed. */
  readonly onLost: (error: HdfsError) => void;
}

/** Renews the lease of an open file while the file is at the path where it was opened. */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #timer: NodeJS.Timeout;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#renew(), RENEW_INTERVAL_MS);
  }

  /** Stops the renewals. The lease then expires. */
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
      } else onLost(new HdfsError('remote', 'FileNotFoundException', `${path} no longer exists`));
    } catch {
      // The next renewal is still in time, and a write reports the fault.
    }
  }
}
