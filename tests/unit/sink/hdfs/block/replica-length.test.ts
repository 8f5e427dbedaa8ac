import { create } from '@bufbuild/protobuf';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replicaLength } from '../../../../../sink/hdfs/block/replica-length.ts';
import { LocatedBlockSchema, type LocatedBlockValid } from '../../../../../sink/hdfs/generated/hdfs_pb.ts';
import { FakeNameNode, Refusal } from '../../../../support/fakes/hdfs/fake-name-node.ts';

/** The RPC ports of three DataNodes with the block. */
let nodes: FakeNameNode[];
beforeEach(async () => {
  nodes = await Promise.all([0, 1, 2].map(() => FakeNameNode.start()));
});
afterEach(() => Promise.all(nodes.map(({ server }) => server.stop())));

function length({ told = 0n, known = nodes.length } = {}): Promise<bigint> {
  const located = create(LocatedBlockSchema, {
    block: { poolId: 'pool', blockId: 7n, generationStamp: 1001n, bytes: told },
    offset: 0n,
    corrupt: false,
    token: { identifier: new Uint8Array(), password: new Uint8Array(), kind: '', service: '' },
    locations: nodes.slice(0, known).map(({ endpoint }, index) => ({
      id: {
        ipAddress: endpoint.host,
        hostName: '',
        uuid: `node-${index}`,
        transferPort: 1,
        infoPort: 1,
        ipcPort: endpoint.port,
      },
    })),
  }) as LocatedBlockValid;
  return replicaLength(located, { user: 'hong', timeoutMs: 2_000 });
}

type DataNodeAnswer = Refusal | bigint | undefined;

/** Sets the answer of each DataNode; undefined means no answer. */
function say(...said: readonly DataNodeAnswer[]): void {
  said.forEach((says, index) => {
    const node = nodes[index];
    if (node === undefined || says === undefined) return;
    node.script = {
      getReplicaVisibleLength: () => (says instanceof Refusal ? says : { length: says }),
    };
  });
}

const missing = new Refusal('org.apache.hadoop.hdfs.server.datanode.ReplicaNotFoundException');
const stale = new Refusal('java.io.IOException');
/** -1 as an unsigned number: the answer for a replica that waits for its recovery. */
const notReadable = 2n ** 64n - 1n;

test('the client asks all DataNodes of the block, and takes the longest length', async () => {
  say(11n, 13n, 12n);
  expect(await length()).toBe(13n);
  expect(nodes.map(({ seen }) => seen.length)).toEqual([1, 1, 1]);
  expect(nodes[0]?.seen[0]).toMatchObject({
    declaringClass: 'org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol',
  });
});

test.each<[string, DataNodeAnswer]>([
  ['has no replica', missing],
  ['refuses', stale],
  ['has a replica that nobody may read', notReadable],
  ['is silent', undefined],
])('a DataNode that %s is passed over', async (_, says) => {
  say(says, 12n);
  expect(await length()).toBe(12n);
});

test('a block without any replica has no acknowledged bytes', async () => {
  say(missing, missing, missing);
  expect(await length()).toBe(0n);
});

test.each<[string, DataNodeAnswer, string]>([
  ['refuses', stale, 'remote'],
  ['has a replica that nobody may read', notReadable, 'remote'],
  ['is silent', undefined, 'connection'],
])('where a DataNode %s and no other has a replica, the length is unknown', async (_, says, kind) => {
  say(missing, says, missing);
  await expect(length()).rejects.toMatchObject({ name: 'HdfsError', kind });
});

test('the length is unknown where the NameNode names no DataNode, or knows a longer length', async () => {
  const missingBlock = { name: 'HdfsError', reason: 'BlockMissingException' };
  await expect(length({ known: 0 })).rejects.toMatchObject(missingBlock);
  say(missing, missing, missing);
  await expect(length({ told: 5n })).rejects.toMatchObject(missingBlock);
  say(4n, 4n, 4n);
  await expect(length({ told: 5n })).rejects.toMatchObject(missingBlock);
});
