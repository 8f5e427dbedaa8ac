import { HdfsError } from '../hdfs/index.ts';
import { StoreError } from '../ledger/errors.ts';
import { kindOf } from './remote-exceptions.ts';

/** What HDFS's own client says, in the store's words: nothing else it may throw is expected. */
export async function inStoreWords<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof HdfsError ? storeError(what, error) : error;
  }
}

function storeError(what: string, error: HdfsError): StoreError {
  const { kind, reason, message } = error;
  const storeKind = kind === 'remote' || kind === 'protocol' ? kindOf(reason) : 'unavailable';
  return new StoreError(storeKind, reason, `${what}: ${message}`, { cause: error });
}
