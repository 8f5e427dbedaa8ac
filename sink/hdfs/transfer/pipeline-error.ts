import type { Status } from '../generated/data-transfer_pb.ts';
import type { LocatedBlockValid } from '../generated/hdfs_pb.ts';
import { HdfsError } from '../wire/errors.ts';
import { RefusedError, statusName } from './data-node.ts';

/** A pipeline that broke, and at which DataNode. */
export class PipelineError extends HdfsError {
  /**
   * Index of the DataNode that failed. It is the first DataNode where nothing tells them apart.
   *
   * It is undefined after a time-out. Any of the DataNodes may hang then, and each of them waits
   * for the next one longer than the client does. `findBadNodes` asks all of them.
   */
  readonly badNode: number | undefined;

  constructor(badNode: number | undefined, { kind, reason, message }: HdfsError, options?: ErrorOptions) {
    super(kind, reason, message, options);
    this.badNode = badNode;
  }
}

/** The error of a DataNode that replied to a packet with another status than success. */
export function badReplyError(block: string, badNode: number, status: Status): HdfsError {
  const reason = statusName(status);
  return new HdfsError('remote', reason, `${block}: DataNode ${badNode} of the pipeline says ${reason}`);
}

/** Why a pipeline could not be opened. The first DataNode names another one as `firstBadLink`. */
export function openingError({ locations }: LocatedBlockValid, error: HdfsError): PipelineError {
  return new PipelineError(badNodeOf(locations, error), error, { cause: error });
}

function badNodeOf(locations: LocatedBlockValid['locations'], error: HdfsError): number | undefined {
  if (error.reason === 'ETIMEDOUT') return undefined;
  if (!(error instanceof RefusedError) || error.firstBadLink === '') return 0;
  const index = locations.findIndex(({ id }) =>
    [id.ipAddress, id.hostName].some((host) => `${host}:${id.transferPort}` === error.firstBadLink),
  );
  return Math.max(0, index);
}
