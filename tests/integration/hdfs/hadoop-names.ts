/**
 * Messages and enums whose names differ from Hadoop's. All others have Hadoop's name without
 * `Proto`. Field names that are not listed below are Hadoop's, apart from their case.
 */
export const TYPE_NAMES: Readonly<Record<string, string>> = {
  'hadoop.common.IpcConnectionContext.UserInformation': 'hadoop.common.UserInformationProto',
  'hadoop.common.RpcRequestHeader.Kind': 'hadoop.common.RpcKindProto',
  'hadoop.common.RpcRequestHeader.Operation': 'hadoop.common.RpcRequestHeaderProto.OperationProto',
  'hadoop.common.RpcResponseHeader.Status': 'hadoop.common.RpcResponseHeaderProto.RpcStatusProto',
  'hadoop.common.RpcSasl.Auth': 'hadoop.common.RpcSaslProto.SaslAuth',
  'hadoop.common.RpcSasl.State': 'hadoop.common.RpcSaslProto.SaslState',
  'hadoop.hdfs.DatanodeId': 'hadoop.hdfs.DatanodeIDProto',
  'hadoop.hdfs.FileEncryptionInfo.Suite': 'hadoop.hdfs.CipherSuiteProto',
  'hadoop.hdfs.FileEncryptionInfo.Version': 'hadoop.hdfs.CryptoProtocolVersionProto',
  'hadoop.hdfs.HdfsFileStatus.FileType': 'hadoop.hdfs.HdfsFileStatusProto.FileType',
  'hadoop.hdfs.OpWriteBlock.Stage': 'hadoop.hdfs.OpWriteBlockProto.BlockConstructionStage',
  'hadoop.hdfs.CipherOption.Suite': 'hadoop.hdfs.CipherSuiteProto',
  'hadoop.hdfs.SaslMessage': 'hadoop.hdfs.DataTransferEncryptorMessageProto',
  'hadoop.hdfs.SaslMessage.Status':
    'hadoop.hdfs.DataTransferEncryptorMessageProto.DataTransferEncryptorStatus',
  'hadoop.hdfs.Status': 'hadoop.hdfs.Status',
  'hadoop.hdfs.Token': 'hadoop.common.TokenProto',
};

/** Hadoop's name of a field, by message and field, or by field where all messages agree. */
export const FIELD_NAMES: Readonly<Record<string, string>> = {
  source: 'src',
  'AbandonBlockRequest.block': 'b',
  'AppendResponse.status': 'stat',
  'ClientOperationHeader.base': 'baseHeader',
  'CreateRequest.flags': 'createFlag',
  'CreateResponse.status': 'fs',
  'DataEncryptionKey.pool_id': 'blockPoolId',
  'DatanodeId.ip_address': 'ipAddr',
  'DatanodeId.transfer_port': 'xferPort',
  'DatanodeId.uuid': 'datanodeUuid',
  'DirectoryListing.partial': 'partialListing',
  'ExtendedBlock.bytes': 'numBytes',
  'FsPermission.permission': 'perm',
  'GetDataEncryptionKeyResponse.key': 'dataEncryptionKey',
  'GetFileInfoResponse.status': 'fs',
  'GetListingResponse.listing': 'dirList',
  'GetServerDefaultsResponse.defaults': 'serverDefaults',
  'HdfsFileStatus.erasure_coding_policy': 'ecPolicy',
  'IpcConnectionContext.user': 'userInfo',
  'LocatedBlock.block': 'b',
  'LocatedBlock.locations': 'locs',
  'LocatedBlock.token': 'blockToken',
  'LocatedBlocks.erasure_coding_policy': 'ecPolicy',
  'LocatedBlocks.file_bytes': 'fileLength',
  'OpReadBlock.length': 'len',
  'OpWriteBlock.max_bytes_received': 'maxBytesRcvd',
  'OpWriteBlock.min_bytes_received': 'minBytesRcvd',
  'PacketHeader.data_length': 'dataLen',
  'PacketHeader.sequence_number': 'seqno',
  'PipelineAck.replies': 'reply',
  'PipelineAck.sequence_number': 'seqno',
  'Rename2Request.destination': 'dst',
  'Rename2Request.overwrite': 'overwriteDest',
  'RequestHeader.declaring_class': 'declaringClassProtocolName',
  'RequestHeader.method': 'methodName',
  'SaslMessage.cipher_options': 'cipherOption',
  'RpcRequestHeader.kind': 'rpcKind',
  'RpcRequestHeader.operation': 'rpcOp',
  'RpcResponseHeader.exception_class': 'exceptionClassName',
  'RpcResponseHeader.message': 'errorMsg',
  'StorageTypeQuotaInfos.infos': 'typeQuotaInfo',
};

/** Hadoop's name of an enum's value. */
export const VALUE_NAMES: Readonly<Record<string, string>> = {
  'ChecksumType.CRC32': 'CHECKSUM_CRC32',
  'ChecksumType.CRC32C': 'CHECKSUM_CRC32C',
  'ChecksumType.NULL': 'CHECKSUM_NULL',
  'FileType.DIRECTORY': 'IS_DIR',
  'FileType.FILE': 'IS_FILE',
  'FileType.SYMLINK': 'IS_SYMLINK',
  'Kind.BUILTIN': 'RPC_BUILTIN',
  'Kind.PROTOCOL_BUFFER': 'RPC_PROTOCOL_BUFFER',
  'Kind.WRITABLE': 'RPC_WRITABLE',
  'Operation.CLOSE_CONNECTION': 'RPC_CLOSE_CONNECTION',
  'Operation.CONTINUATION_PACKET': 'RPC_CONTINUATION_PACKET',
  'Operation.FINAL_PACKET': 'RPC_FINAL_PACKET',
};

/** Values that Hadoop does not have: 0, where Hadoop's enum begins with 1. */
export const OWN_VALUES: readonly string[] = [
  'FileType.UNSPECIFIED',
  'Suite.UNSPECIFIED',
  'Version.NONE',
  'StorageType.STORAGE_TYPE_UNSPECIFIED',
];
