import { FileSystemError } from '../../storage/errors.ts';
import { isStandby } from '../../storage/remote-exceptions.ts';
import type { NameNodeInspection } from './inspector.ts';

/** What one NameNode is, by an answer that only the active one gives. */
export async function stateOf(ask: () => Promise<unknown>): Promise<NameNodeInspection['state']> {
  try {
    await ask();
    return 'active';
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return isStandby(error.reason) ? 'standby' : error;
  }
}
