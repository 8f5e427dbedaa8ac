import { type Logger, pino } from 'pino';
import { SinkMetrics } from '../../../sink/operations/metrics.ts';
import { ClaimGate } from '../../../sink/partition/claim-gate.ts';
import { PartitionWriter, type PartitionWriterOptions } from '../../../sink/partition/partition-writer.ts';
import type { WriterLimits } from '../../../sink/partition/session.ts';
import { FailingStore } from '../fakes/failing-store.ts';
import { FakeFeed } from '../fakes/fake-feed.ts';
import { PartitionFolder } from '../hdfs/partition-folder.ts';
import { readStoredFiles } from '../hdfs/stored-files.ts';
import { sinkUrl } from '../hdfs/transport.ts';
import { judge, type Verdict } from '../judge/judge.ts';
import { until } from '../until.ts';

const HOUR_MS = 3_600_000;
const SILENT = pino({ level: 'silent' });

/** An hour that is over, so no file is older than its lines. */
export const PAST_HOUR = Math.floor(Date.now() / HOUR_MS) - 24;

export const LIMITS: WriterLimits = {
  flushCount: 10,
  flushIntervalMs: 20,
  rollBytes: 1_000_000,
  rollIntervalMs: HOUR_MS,
  highBytes: 1_000_000,
  lowBytes: 500_000,
  appendBytes: 8_000_000,
};

/** An event of the given minute after the beginning of `PAST_HOUR`. */
export function eventAt(minute: number, id: string | number): { value: Buffer; timestamp: number } {
  const timestamp = PAST_HOUR * HOUR_MS + minute * 60_000;
  const event = { id: String(id), timestamp: new Date(timestamp).toISOString(), user: 'ä€😀' };
  return { value: Buffer.from(JSON.stringify(event)), timestamp };
}

export const events = (count: number, minute = 0) =>
  Array.from({ length: count }, (_, id) => eventAt(minute, `${minute}-${id}`));

/** One writer with connections, faults and metrics of its own, as in a process of its own. */
export interface RunningWriter {
  readonly writer: PartitionWriter;
  readonly store: FailingStore;
  readonly feed: FakeFeed;
  readonly metrics: SinkMetrics;
}

type Choices = Partial<Pick<PartitionWriterOptions, 'onGap'>> & {
  readonly limits?: Partial<WriterLimits>;
  /** Plans faults before the writer begins. */
  readonly prepare?: (store: FailingStore) => void;
  readonly log?: Logger;
};

/**
 * A partition of a topic in memory that writers store in a real HDFS. The class owns the writers
 * and ends them.
 */
export class WrittenPartition {
  readonly folder: PartitionFolder;
  readonly feed = new FakeFeed();
  readonly #url: string;
  readonly #running: RunningWriter[] = [];

  /** @param url of WebHDFS, by which the test reads the stored files */
  constructor(url: string) {
    this.#url = url;
    this.folder = new PartitionFolder(sinkUrl());
  }

  /**
   * Starts a writer.
   *
   * @param feed the feed of another member, for a member that believes to own the partition too
   */
  write(
    { onGap = 'continue', limits, prepare, log = SILENT }: Choices = {},
    feed = this.feed,
  ): RunningWriter {
    const store = new FailingStore(this.folder.newStore());
    prepare?.(store);
    const metrics = new SinkMetrics(() => []);
    const writer = new PartitionWriter({
      partition: 0,
      gate: new ClaimGate(),
      store,
      feed,
      metrics,
      onGap,
      limits: { ...LIMITS, ...limits },
      log,
    });
    const running = { writer, store, feed, metrics };
    this.#running.push(running);
    return running;
  }

  /** Resolves when a writer has reported every record produced so far as durable. */
  async stored(withinMs = 15_000): Promise<void> {
    const { high } = this.feed;
    await until(() => (this.feed.committed ?? 0) >= high, { what: `${high} records are durable`, withinMs });
  }

  /**
   * Judges the stored files after every writer has ended. While a writer moves a segment to its
   * folder, the segment is in neither listing.
   */
  async verdict(): Promise<Verdict> {
    await Promise.all(this.#running.map(({ writer }) => writer.revoke(5_000)));
    await until(() => this.#running.every(({ store }) => store.busy === 0), {
      what: 'the writers are quiet',
    });
    return judge(this.feed.records, await this.files());
  }

  /** The stored files by first offset. */
  async files() {
    const files = await readStoredFiles({ url: this.#url, ...this.folder });
    return files.sort((a, b) => a.first - b.first);
  }

  /** The paths of the published segments below the topic's folder, by first offset. */
  async published(): Promise<string[]> {
    const files = await this.files();
    return files
      .filter((file) => file.last !== undefined)
      .map((file) => file.path.slice(this.folder.root.length + 1));
  }

  async end(): Promise<void> {
    for (const { writer, store } of this.#running.splice(0)) {
      writer.lose();
      await store.release();
      store.close();
    }
  }
}
