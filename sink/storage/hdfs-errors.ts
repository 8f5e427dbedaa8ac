import { HdfsError } from '../hdfs/index.ts';
import { FileSystemError } from './errors.ts';
import { kindOf } from './remote-exceptions.ts';

/** Turns an `HdfsError` of the HDFS client into a `FileSystemError`, and returns other errors. */
export function fileSystemError(error: unknown, call: string): unknown {
  if (!(error instanceof HdfsError)) return error;
  const { kind, reason, message } = error;
  const isAnswer = kind === 'remote' || kind === 'protocol';
  const ownKind = isAnswer ? kindOf(reason) : 'unavailable';
  return new FileSystemError(ownKind, reason, `${call}: ${message}`, { cause: error });
}
