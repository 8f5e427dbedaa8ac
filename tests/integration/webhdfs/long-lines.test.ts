import { pino } from 'pino';
import { expect, inject, test } from 'vitest';
import { claimLedger } from '../../../sink/ledger/ledger.ts';
import { PartitionFolder } from '../../support/hdfs/partition-folder.ts';

const MIB = 1024 * 1024;

test('over WebHDFS a partition whose last line has more than 64 MiB is claimed again', async () => {
  const folder = new PartitionFolder(inject('hdfsUrl'));
  const store = folder.newStore();
  const before = folder.newClaim();
  await store.claim(before);
  await store.create(before, 0);
  const line = Buffer.concat([
    Buffer.from('{"kafka_rejected":"not a JSON object","kafka_value":"'),
    Buffer.alloc(65 * MIB, 'x'),
    Buffer.from('","kafka_partition":0,"kafka_offset":0}\n'),
  ]);
  await store.append(before, 0, [line, line.subarray(0, 10)]);
  const ledger = await claimLedger({
    store,
    claim: folder.newClaim(),
    topicId: async () => undefined,
    earliestOffset: async () => 0,
    signal: new AbortController().signal,
    log: pino({ level: 'silent' }),
  });
  expect(ledger.next).toBe(1);
  expect(ledger.lastLine?.equals(line)).toBe(true);
  store.close();
}, 120_000);
