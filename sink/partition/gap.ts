import type { Logger } from 'pino';
import { LedgerError } from '../ledger/errors.ts';

/** Offsets whose records Kafka dropped before the sink stored them. */
export interface Gap {
  /** The first missing offset. */
  readonly from: number;
  /** The offset after the last missing one. */
  readonly to: number;
}

export interface GapPolicy {
  /** ON_GAP: what the sink does when Kafka dropped records before they were stored. */
  readonly onGap: 'continue' | 'stop';
  readonly log: Logger;
}

/** @throws {LedgerError} when a gap is to stop the partition */
export function reportGap({ from, to }: Gap, { onGap, log }: GapPolicy): void {
  log.error({ from, to }, 'Kafka dropped records before they were stored');
  if (onGap === 'stop') {
    throw new LedgerError(`Kafka dropped offsets ${from} to ${to - 1} before they were stored`);
  }
}
