import { create } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HdfsClient } from '../../../../sink/hdfs/client.ts';
import { ErasureCodingPolicySchema } from '../../../../sink/hdfs/generated/hdfs_pb.ts';
import { ENCRYPTED, FakeHdfs, FILE_STATUS } from '../../../support/fakes/hdfs/fake-hdfs.ts';

const PATH = '/zone/file';
let hdfs: FakeHdfs;
let client: HdfsClient;
beforeEach(async () => {
  hdfs = await FakeHdfs.start();
  hdfs.addBlock(Buffer.from('not what the file holds'));
  client = new HdfsClient({
    nameNodes: [hdfs.nameNode.endpoint],
    user: 'hong',
    timeoutMs: 5_000,
    sync: false,
  });
});
afterEach(async () => {
  client.close();
  await hdfs.stop();
});

const erasureCoded = { erasureCodingPolicy: create(ErasureCodingPolicySchema, { id: 1 }) };

describe.each([
  ['encrypted', 'EncryptedFile', ENCRYPTED],
  ['erasure-coded', 'UnsupportedOperationException', erasureCoded],
])('an %s file', (_, reason, mark) => {
  beforeEach(() => {
    const locations = {
      fileBytes: 23n,
      blocks: [],
      underConstruction: false,
      isLastBlockComplete: true,
      ...mark,
    };
    hdfs.nameNode.script = {
      ...hdfs.nameNode.script,
      getFileInfo: () => ({ status: { ...FILE_STATUS, ...mark } }),
      getBlockLocations: () => ({ locations }),
      truncate: () => ({ result: true }),
    };
  });

  test('is not read, measured, cut or opened, and says why', async () => {
    for (const work of [
      () => client.read({ path: PATH, at: 0, bytes: 5 }),
      () => client.readableBytes(PATH),
      () => client.truncate(PATH, 3),
      () => client.append(PATH),
    ]) {
      await expect(work()).rejects.toMatchObject({
        name: 'HdfsError',
        reason,
        message: expect.stringMatching(/WebHDFS/),
      });
    }
    expect(hdfs.nameNode.calls('truncate')).toEqual([]);
    expect(hdfs.nameNode.calls('append')).toEqual([]);
    expect(hdfs.connectedToDataNodes).toBe(0);
  });

  test('is still listed, so that an operator finds it', async () => {
    expect(await client.status(PATH)).toBeDefined();
  });
});
