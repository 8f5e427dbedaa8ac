/** The public API of the library. `package.json` exports this module only. */
export { HdfsClient, type HdfsClientOptions } from './client.ts';
export type { FileRange } from './file-reader.ts';
export type { FileWriter } from './file-writer.ts';
export {
  type FsServerDefaultsValid,
  HdfsFileStatus_FileType,
  type HdfsFileStatusValid,
  type LocatedBlockValid,
  type QuotaUsageValid,
  StorageType,
  StorageTypeSchema,
} from './generated/hdfs_pb.ts';
export { decodeToken, type Token } from './sasl/token.ts';
export type { Endpoint } from './wire/connect.ts';
export { HdfsError, type HdfsErrorKind } from './wire/errors.ts';
