import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { DatanodeInfoSchema } from '../../../../../sink/hdfs/generated/hdfs_pb.ts';
import { RpcClient } from '../../../../../sink/hdfs/rpc/client.ts';
import { DataNodeLogins } from '../../../../../sink/hdfs/transfer/data-node-logins.ts';

const block = {
  identifier: Buffer.from('who'),
  password: Buffer.from('secret'),
  kind: 'HDFS_BLOCK_TOKEN',
  service: '',
};
const rpc = new RpcClient({ nameNodes: [{ host: '127.0.0.1', port: 1 }], user: 'nobody', timeoutMs: 1_000 });
const isEncrypted = async () => false;
const token = async () => block;

function dataNodeAt(transferPort: number) {
  const names = { ipAddress: '127.0.0.1', hostName: 'localhost', uuid: '' };
  return create(DatanodeInfoSchema, { id: { ...names, transferPort, infoPort: 0, ipcPort: 0 } });
}

test('a client with a token shows a DataNode the token of the block', async () => {
  const login = await new DataNodeLogins({ rpc, isEncrypted, token }).of(dataNodeAt(1024), block);
  expect(login).toEqual({ name: 'd2hv', password: 'c2VjcmV0', uri: 'hdfs/0' });
});

test.each([
  ['a DataNode on a privileged port', 1023, { token }],
  ['a DataNode that speaks no SASL by configuration', 1024, { token, plainDataNodes: true }],
  ['a DataNode of a cluster without security', 1024, {}],
])('%s is shown no login', async (_, port, options) => {
  expect(
    await new DataNodeLogins({ rpc, isEncrypted, ...options }).of(dataNodeAt(port), block),
  ).toBeUndefined();
});
