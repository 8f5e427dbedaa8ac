import { StoreError } from '../../ledger/errors.ts';
import type { NameNodeLook } from './inspector.ts';

/** What one NameNode is, by an answer that only the active one gives. */
export async function stateOf(ask: () => Promise<unknown>): Promise<NameNodeLook['state']> {
  try {
    await ask();
    return 'active';
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return error.reason === 'StandbyException' ? 'standby' : error;
  }
}
