import { randomBytes, randomInt } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readBlock } from '../../../../sink/hdfs/block/block-reader.ts';
import { HdfsClient } from '../../../../sink/hdfs/client.ts';
import { Status } from '../../../../sink/hdfs/generated/data-transfer_pb.ts';
import {
  LocatedBlockSchema,
  type LocatedBlockValid,
  StorageType,
} from '../../../../sink/hdfs/generated/hdfs_pb.ts';
import { ClientNamenodeProtocol } from '../../../../sink/hdfs/generated/name-node_pb.ts';
import { RpcResponseHeader_Status } from '../../../../sink/hdfs/generated/rpc_pb.ts';
import { HdfsError } from '../../../../sink/hdfs/wire/errors.ts';
import { damages, deliver, deliveries } from '../../../support/fakes/hdfs/damage.ts';
import { goodAcknowledgement, goodRead } from '../../../support/fakes/hdfs/fake-data-node.ts';
import { FakeHdfs, FILE_STATUS } from '../../../support/fakes/hdfs/fake-hdfs.ts';
import { answerFrame, delimitedBytes, RawAnswer } from '../../../support/fakes/hdfs/fake-name-node.ts';
import { deadPort } from '../../../support/fakes/hdfs/loopback-server.ts';
import { response } from '../../../support/fakes/hdfs/transfer-bytes.ts';
import { until } from '../../../support/until.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? randomInt(1_000_000));
const TIMEOUT_MS = 30;
/**
 * The longest run makes some twenty requests, each with a time-out to connect and one to answer.
 */
const WITHIN_MS = 5_000;
const TRIED = { seed: SEED, numRuns: 60, endOnFailure: true };
/** A busy machine makes fewer runs. fast-check's own time limit would leave the last run going. */
const TRY_FOR_MS = 2_500;
const PATH = '/a/file';
const content = randomBytes(3_000);

let hdfs: FakeHdfs;
let untilMs: number;
beforeAll(() => {
  process.stdout.write(`FUZZ_SEED=${SEED}\n`);
});
beforeEach(async () => {
  hdfs = await FakeHdfs.start(2);
  untilMs = performance.now() + TRY_FOR_MS;
});
afterEach(() => hdfs.stop());

const isOver = () => performance.now() > untilMs;

/** Expects the work to end in time, with a result or an `HdfsError`. */
async function settles<Result>(work: () => Promise<Result>): Promise<Result | HdfsError> {
  const begunMs = performance.now();
  const outcome = await work().catch((error: unknown) => error);
  expect(performance.now() - begunMs).toBeLessThan(WITHIN_MS);
  if (outcome instanceof Error) expect(outcome).toBeInstanceOf(HdfsError);
  return outcome as Result | HdfsError;
}

async function withClient(work: (client: HdfsClient) => Promise<void>): Promise<void> {
  const client = new HdfsClient({
    nameNodes: [hdfs.nameNode.endpoint],
    user: 'hong',
    timeoutMs: TIMEOUT_MS,
    sync: false,
  });
  try {
    await work(client);
  } finally {
    client.close();
    await until(() => hdfs.nameNode.server.connected + hdfs.connectedToDataNodes === 0, {
      what: 'no connection is left',
    });
  }
}

describe('whatever bytes are sent', () => {
  test('in place of an answer of the NameNode, a call ends in time with a result or a typed error', async () => {
    const { output } = ClientNamenodeProtocol.method.getListing;
    const listing = { partial: [FILE_STATUS, FILE_STATUS], remainingEntries: 0 };
    await fc.assert(
      fc.asyncProperty(damages, deliveries, async (damage, how) => {
        if (isOver()) return;
        hdfs.nameNode.script.getListing = (_, { socket, callId }) => {
          const header = { callId, status: RpcResponseHeader_Status.SUCCESS };
          deliver(socket, damage(answerFrame(header, delimitedBytes(output, { listing }))), how);
          return new RawAnswer();
        };
        await withClient(async (asking) => {
          await settles(() => asking.list(PATH));
        });
      }),
      TRIED,
    );
  });

  test('in place of a block, a read ends in time with the bytes or a typed error', async () => {
    const located = create(LocatedBlockSchema, hdfs.located(hdfs.addBlock(content))) as LocatedBlockValid;
    await fc.assert(
      fc.asyncProperty(damages, deliveries, async (damage, how) => {
        if (isOver()) return;
        for (const node of hdfs.dataNodes) {
          node.script = {
            read: (operation, block, socket) => void deliver(socket, damage(goodRead(operation, block)), how),
          };
        }
        const range = { block: located, offset: 700, bytes: 1_000 };
        const outcome = await settles(() => readBlock(range, { timeoutMs: TIMEOUT_MS }));
        if (outcome instanceof Buffer) expect(outcome.equals(content.subarray(700, 1_700))).toBe(true);
      }),
      TRIED,
    );
  });

  test.each(['the answer to a pipeline', 'an acknowledgement'])(
    'in place of %s, a write ends in time, and resolves only where the block has the bytes once',
    async (place) => {
      await fc.assert(
        fc.asyncProperty(damages, deliveries, async (damage, how) => {
          if (isOver()) return;
          hdfs.node(0).script =
            place === 'an acknowledgement'
              ? {
                  acknowledge: (packet, operation, socket) =>
                    void deliver(socket, damage(goodAcknowledgement(packet, operation)), how),
                }
              : {
                  setUp: (_, socket) =>
                    void deliver(socket, damage(response({ status: Status.SUCCESS })), how),
                };
          await withClient(async (writing) => {
            const before = hdfs.content.length;
            const outcome = await settles(() => writtenFile(writing));
            if (outcome instanceof HdfsError) return;
            expect(hdfs.content.subarray(before).equals(content)).toBe(true);
          });
        }),
        TRIED,
      );
      expect(hdfs.complaints).toEqual([]);
    },
  );

  test('as the locations of a block, a write ends in time with a result or a typed error', async () => {
    const locations = await anyLocations();
    await fc.assert(
      fc.asyncProperty(locations, async (located) => {
        if (isOver()) return;
        const block = create(LocatedBlockSchema, { ...hdfs.located(hdfs.addBlock()), ...located });
        hdfs.nameNode.script.addBlock = () => ({ block });
        hdfs.nameNode.script.updateBlockForPipeline = () => ({ block });
        await withClient(async (writing) => {
          await settles(() => writtenFile(writing));
        });
      }),
      TRIED,
    );
  });
});

async function writtenFile(writing: HdfsClient): Promise<void> {
  const file = await writing.create(PATH);
  try {
    for (let at = 0; at < content.length; at += 1_111) await file.write(content.subarray(at, at + 1_111));
    await file.close();
  } finally {
    file.destroy();
  }
}

/** Locations on loopback only, and on no port of another process. */
async function anyLocations() {
  const [one, other] = [hdfs.node(0).info, hdfs.node(1).info];
  const nowhere = (id: Partial<typeof one.id>) => ({ id: { ...one.id, ...id } });
  const node = fc.constantFrom(
    one,
    other,
    nowhere({ transferPort: await deadPort() }),
    nowhere({ transferPort: 0 }),
    nowhere({ transferPort: 0xffff_ffff }),
    nowhere({ ipAddress: '' }),
  );
  const strings = fc.array(fc.string(), { maxLength: 4 });
  const types = fc.array(fc.constantFrom(StorageType.DISK, StorageType.SSD), { maxLength: 4 });
  const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  return fc.record({
    locations: fc.array(node, { maxLength: 4 }),
    storageIds: strings,
    storageTypes: types,
    offset: number,
    block: fc.record({ poolId: fc.string(), blockId: number, generationStamp: number, bytes: number }),
  });
}
