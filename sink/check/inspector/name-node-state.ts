import { FileSystemError } from '../../storage/errors.ts';
import { isStandby } from '../../storage/remote-exceptions.ts';
import type { NameNodeInspection } from './inspector.ts';

/** The state of one NameNode, by a request that only the active NameNode answers. */
export async function stateOf(ask: () => Promise<unknown>): Promise<NameNodeInspection['state']> {
  try {
    await ask();
    return 'active';
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return isStandby(error.reason) ? 'standby' : error;
  }
}
