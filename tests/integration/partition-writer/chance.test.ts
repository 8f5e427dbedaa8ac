import { beforeEach, describe, expect, inject, test } from 'vitest';
import { hourFolder } from '../../../sink/ledger/layout.ts';
import type { FailingStore, Fault } from '../../support/fakes/failing-store.ts';
import { FakeFeed } from '../../support/fakes/fake-feed.ts';
import { CLEAN } from '../../support/judge/judge.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { until } from '../../support/until.ts';
import { eventAt, type RunningWriter, WrittenPartition } from '../../support/writer/written-partition.ts';

let partition: WrittenPartition;

beforeEach(() => {
  partition = new WrittenPartition(inject('hdfsUrl'));
  return () => partition.end();
});

describe('under random faults in every call', () => {
  const RECORDS = 3_000;
  /** A change of writers comes after so many records at the latest. */
  const CHANGE_AFTER = 500;
  const KINDS = ['before', 'after', 'late', 'half'] as const;

  /** Spreads the records over some hours, so segments roll by hour and by bytes. */
  const event = (offset: number) => eventAt(Math.floor(offset / 15), offset);

  /**
   * Produces at random until every record is durable. Now and then it applies the calls that were
   * held back, and calls `change`.
   */
  async function run(current: () => RunningWriter, random: () => number, change: () => void): Promise<void> {
    let changeAt = CHANGE_AFTER;
    await until(
      async () => {
        const { feed, store, writer } = current();
        const count = Math.min(Math.floor(random() * 60), RECORDS - feed.high);
        feed.produce(...Array.from({ length: count }, (_, index) => event(feed.high + index)));
        if (random() < 0.05) await store.release();
        if (random() < 0.03 || feed.high >= changeAt) {
          change();
          changeAt = feed.high + CHANGE_AFTER;
        }
        return writer.durable === RECORDS;
      },
      { what: `${RECORDS} records are durable`, withinMs: 45_000 },
    );
  }

  const faultsOf = (random: () => number) => (): Fault | undefined => {
    const at = random() < 0.04 ? KINDS[Math.floor(random() * KINDS.length)] : undefined;
    return at && { at };
  };

  async function expectAllStored(writers: readonly RunningWriter[]): Promise<void> {
    for (const { store, writer } of writers) {
      store.chance = () => undefined;
      writer.lose();
      await store.release();
    }
    expect(await partition.verdict()).toEqual(CLEAN);
    await expectHours();
  }

  test.each([1, 22, 333])(
    'one writer stores each record once, in order, in its hour (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const running = partition.write({
        limits: { rollBytes: 30_000 },
        prepare: (store) => {
          store.failNext('append', { at: 'after' });
          store.chance = faultsOf(random);
        },
      });
      await run(
        () => running,
        random,
        () => {},
      );
      expect(running.store.count('claim')).toBeGreaterThan(1);
      await expectAllStored([running]);
    },
  );

  test.each([4, 55, 666])(
    'writers that come and go store each record once, in order, in its hour (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const writers: RunningWriter[] = [];
      const latest = (): RunningWriter => {
        const running = writers.at(-1);
        if (!running) throw new RangeError('no writer yet');
        return running;
      };
      /** The present writer is revoked, lost, or told nothing. The next writer begins beside it. */
      function change(): void {
        const before = writers.at(-1)?.writer;
        const way = random();
        if (way < 0.4) void before?.revoke(100);
        else if (way < 0.8) before?.lose();
        const prepare = (store: FailingStore): void => {
          store.chance = faultsOf(random);
        };
        writers.push(
          partition.write({ limits: { rollBytes: 30_000 }, prepare }, new FakeFeed(partition.feed)),
        );
      }
      change();
      await run(latest, random, change);
      expect(writers.length).toBeGreaterThan(2);
      await expectAllStored(writers);
    },
  );

  async function expectHours(): Promise<void> {
    for (const { path, last, content } of await partition.files()) {
      if (last === undefined) continue;
      for (const line of content.toString().trimEnd().split('\n')) {
        const hour = Math.floor(Date.parse(JSON.parse(line).timestamp) / 3_600_000);
        expect(path).toContain(`/${hourFolder(hour)}/`);
      }
    }
  }
});
