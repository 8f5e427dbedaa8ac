import { pino } from 'pino';
import { expect, inject, test } from 'vitest';
import { claimLedger } from '../../../sink/ledger/ledger.ts';
import type { Claim, OpenSegment } from '../../../sink/ledger/store.ts';
import { FailingStore } from '../../support/fakes/failing-store.ts';
import { PartitionFolder } from '../../support/hdfs/partition-folder.ts';

const LINE = '{"kafka_partition":0,"kafka_offset":0}\n';
const NEXT_LINE = '{"kafka_partition":0,"kafka_offset":1}\n';

/** The listings of a NameNode that does not know of the last append. */
class StaleStore extends FailingStore {
  override async segments(claim: Claim): Promise<readonly OpenSegment[]> {
    const found = await super.segments(claim);
    return found.map((segment) => ({ ...segment, bytes: LINE.length }));
  }
}

test('a listing that is older than the recovery of the lease fails the claim', async () => {
  const folder = new PartitionFolder(inject('hdfsUrl'));
  const store = folder.newStore();
  const before = folder.newClaim();
  await store.claim(before);
  await store.create(before, 0);
  await store.append(before, 0, [Buffer.from(LINE)]);
  await store.append(before, 0, [Buffer.from(NEXT_LINE)]);
  const claimant = {
    topicId: async () => undefined,
    earliestOffset: async () => 0,
    signal: new AbortController().signal,
    log: pino({ level: 'silent' }),
  };
  const claim = (of: FailingStore) => claimLedger({ ...claimant, store: of, claim: folder.newClaim() });
  await expect(claim(new StaleStore(store))).rejects.toMatchObject({ reason: 'StaleListing' });
  await expect(claim(new FailingStore(store))).resolves.toMatchObject({ next: 2 });
  store.close();
});
