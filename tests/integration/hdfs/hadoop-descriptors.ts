import { join } from 'node:path';
import { create, createFileRegistry, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { root } from '../../../infra/local/process/root.ts';
import { javaOutput } from '../../support/hdfs/java-output.ts';

/** The classes in Hadoop's jars that define the messages of clients, NameNodes and DataNodes. */
const GENERATED_CLASSES = [
  'org.apache.hadoop.hdfs.protocol.proto.ClientDatanodeProtocolProtos',
  'org.apache.hadoop.hdfs.protocol.proto.ClientNamenodeProtocolProtos',
  'org.apache.hadoop.hdfs.protocol.proto.DataTransferProtos',
  'org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos',
  'org.apache.hadoop.ipc.protobuf.ProtobufRpcEngine2Protos',
  'org.apache.hadoop.ipc.protobuf.RpcHeaderProtos',
];

/** Hadoop's messages, from the jars that the tests run. */
export async function hadoopDescriptors(): Promise<FileRegistry> {
  const printed = await javaOutput({
    product: 'hadoop',
    mainClass: join(root, 'tests/integration/hdfs/Descriptors.java'),
    heapMb: 256,
    args: GENERATED_CLASSES,
  });
  const file = String(printed)
    .trim()
    .split('\n')
    .map((line) => fromBinary(FileDescriptorProtoSchema, Buffer.from(line, 'base64')));
  return createFileRegistry(create(FileDescriptorSetSchema, { file }));
}
