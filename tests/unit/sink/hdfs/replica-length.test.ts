import { create } from '@bufbuild/protobuf';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replicaLength } from '../../../../sink/hdfs/block/replica-length.ts';
import { LocatedBlockSchema, type LocatedBlockValid } from '../../../../sink/hdfs/generated/hdfs_pb.ts';
import { FakeNameNode, Refusal } from '../../../support/fakes/hdfs/fake-name-node.ts';

/** As they are called, three DataNodes that have a block. */
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

type Says = Refusal | bigint | undefined;

/** What each of them says; undefined is silence. */
function say(...said: readonly Says[]): void {
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
/** -1, of a replica that waits for its recovery, as an unsigned number. */
const notReadable = 2n ** 64n - 1n;

test('the DataNodes that know the block are asked, and the longest counts', async () => {
  say(11n, 13n, 12n);
  expect(await length()).toBe(13n);
  expect(nodes.map(({ seen }) => seen.length)).toEqual([1, 1, 1]);
  expect(nodes[0]?.seen[0]).toMatchObject({
    declaringClass: 'org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol',
  });
});

test.each<[string, Says]>([
  ['has none of it', missing],
  ['refuses', stale],
  ['has it but lets nobody read it', notReadable],
  ['is silent', undefined],
])('one that %s is passed over', async (_, says) => {
  say(says, 12n);
  expect(await length()).toBe(12n);
});

test('nothing was acknowledged of a block of which no DataNode has ever heard', async () => {
  say(missing, missing, missing);
  expect(await length()).toBe(0n);
});

test.each<[string, Says, string]>([
  ['refuses', stale, 'remote'],
  ['lets nobody read it', notReadable, 'remote'],
  ['is silent', undefined, 'connection'],
])('where one %s that may have the block, nobody knows', async (_, says, kind) => {
  say(missing, says, missing);
  await expect(length()).rejects.toMatchObject({ name: 'HdfsError', kind });
});

test('nobody knows where the NameNode does not say who has it, or was told of more than they have', async () => {
  const missingBlock = { name: 'HdfsError', reason: 'BlockMissingException' };
  await expect(length({ known: 0 })).rejects.toMatchObject(missingBlock);
  say(missing, missing, missing);
  await expect(length({ told: 5n })).rejects.toMatchObject(missingBlock);
  say(4n, 4n, 4n);
  await expect(length({ told: 5n })).rejects.toMatchObject(missingBlock);
});
