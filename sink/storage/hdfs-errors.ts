import { HdfsError } from '../hdfs/index.ts';
import { FileSystemError } from './errors.ts';
import { kindOf } from './remote-exceptions.ts';

/** Runs `work`, and turns an `HdfsError` of the HDFS client into a `FileSystemError`. */
export async function inFileSystemWords<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof HdfsError ? fileSystemError(what, error) : error;
  }
}

function fileSystemError(what: string, error: HdfsError): FileSystemError {
  const { kind, reason, message } = error;
  const isAnswer = kind === 'remote' || kind === 'protocol';
  return new FileSystemError(isAnswer ? kindOf(reason) : 'unavailable', reason, `${what}: ${message}`, {
    cause: error,
  });
}
