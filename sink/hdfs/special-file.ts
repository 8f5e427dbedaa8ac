import type { HdfsFileStatusValid } from './generated/hdfs_pb.ts';
import { HdfsError } from './wire/errors.ts';

/**
 * Refuses a file whose stored bytes are not its content. Hadoop's own client encrypts the files of
 * an encryption zone, and spreads the cells of an erasure-coded file over DataNodes. This client
 * would read other bytes, and write what no reader understands.
 *
 * @throws {HdfsError} `EncryptedFile` or `UnsupportedOperationException`
 */
export function refuseSpecialFile(
  path: string,
  {
    fileEncryptionInfo,
    erasureCodingPolicy,
  }: Pick<HdfsFileStatusValid, 'fileEncryptionInfo' | 'erasureCodingPolicy'>,
): void {
  if (fileEncryptionInfo !== undefined) {
    const message = `${path} lies in an encryption zone: only WebHDFS and Hadoop's own client read and write it`;
    throw new HdfsError('remote', 'EncryptedFile', message);
  }
  if (erasureCodingPolicy !== undefined) {
    const message = `${path} is erasure-coded: only WebHDFS and Hadoop's own client read it, and nobody can flush it`;
    throw new HdfsError('remote', 'UnsupportedOperationException', message);
  }
}
