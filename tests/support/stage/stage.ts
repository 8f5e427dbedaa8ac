import { expect } from 'vitest';
import { appendsIn, type LoggedAppend } from '../hdfs/logged-append.ts';
import type { Transport } from '../hdfs/transport.ts';
import { CLEAN, type ExpectedRecord, type Verdict } from '../judge/judge.ts';
import { type Load, startLoad } from '../kafka/load.ts';
import { createTopic } from '../kafka/topic.ts';
import type { Variables } from '../process/role-process.ts';
import { type SinkProcess, startSink } from '../process/sink-process.ts';
import type { FaultyPassage } from '../proxy/faulty-passage.ts';
import type { HdfsFault, Target } from '../proxy/hdfs-fault.ts';
import { HdfsProxy } from '../proxy/hdfs-proxy.ts';
import { HdfsRpcProxy } from '../proxy/hdfs-rpc-proxy.ts';
import { seededRandom } from '../seeded-random.ts';
import { until } from '../until.ts';
import { report } from './chaos-report.ts';
import { PublishedWatch } from './published-watch.ts';
import { judgeWhenSettled } from './settled.ts';

export interface StageOptions {
  readonly disaster: string;
  readonly seed: number;
  readonly brokers: string;
  readonly transport: Transport;
  /** The addresses of HDFS. Those of several NameNodes are separated by commas. */
  readonly hdfsUrl: HdfsUrls;
  readonly partitions?: number;
  readonly eventsPerSecond: number;
}

/** The same HDFS in either protocol. */
export type HdfsUrls = Readonly<Record<Transport, string>>;

type LinesMade = ReadonlyMap<SinkProcess, ReadonlyMap<number, number>>;

/** A moment, and the lines that each sink had made durable by then. */
export interface Mark {
  readonly atMs: number;
  readonly lines: LinesMade;
}

export interface Recovery {
  /** A minute if left out. That is no promise of the product, only a limit for the test. */
  readonly withinMs?: number;
  /** Now if left out. */
  readonly since?: Mark;
  /** The name of the recovery in the report. */
  readonly as?: string;
}

export interface Judgement {
  readonly withinMs?: number;
  /** The records that must be in HDFS; those of the topic if left out. */
  readonly expected?: readonly ExpectedRecord[];
}

const WATCH_EVERY_MS = 1_000;
const ASK_EVERY_MS = 50;
const BEFALLS_WITHIN_MS = 60_000;
const RECOVERS_WITHIN_MS = 60_000;
const PARTITIONS = 3;
const DIR = '/data';
/** Segments are small, so that rolls and publishes are under way at any time. */
const SEGMENT_BYTES = '50000';

/**
 * The stage of a disaster. It owns a topic under load, a proxy before HDFS, and the sinks that it
 * starts. It counts the faults, and measures how long no lines come.
 *
 * At the end it judges: HDFS has every offset once and in order, no line is torn, and no published
 * segment has ever changed.
 */
export class Stage {
  readonly topic: string;
  readonly proxy: FaultyPassage;
  readonly load: Load;
  /** Gives the same numbers for the same seed. */
  readonly random: () => number;
  readonly #options: StageOptions;
  readonly #sinks: SinkProcess[] = [];
  readonly #watch: PublishedWatch;
  readonly #watchTimer: NodeJS.Timeout;
  readonly #faults = new Map<string, number>();
  readonly #tookMs = new Map<string, number[]>();
  readonly #partitions: readonly number[];

  private constructor(options: StageOptions, topic: string, proxy: FaultyPassage, load: Load) {
    this.#options = options;
    this.topic = topic;
    this.proxy = proxy;
    this.load = load;
    this.random = seededRandom(options.seed);
    this.#partitions = Array.from({ length: options.partitions ?? PARTITIONS }, (_, partition) => partition);
    this.#watch = new PublishedWatch(this.location);
    // A dead NameNode does not answer. The next look shows the changes of the meantime.
    this.#watchTimer = setInterval(() => void this.#watch.look().catch(() => undefined), WATCH_EVERY_MS);
  }

  static async open(options: StageOptions): Promise<Stage> {
    const { brokers, hdfsUrl, transport, partitions = PARTITIONS, eventsPerSecond } = options;
    const topic = await createTopic(brokers, { partitions });
    const proxy = await (transport === 'hdfs' ? HdfsRpcProxy : HdfsProxy).start(hdfsUrl[transport]);
    const load = await startLoad({ brokers, topic, eventsPerSecond });
    return new Stage(options, topic, proxy, load);
  }

  get brokers(): string {
    return this.#options.brokers;
  }

  /** The protocol that the sinks speak to HDFS. */
  get transport(): Transport {
    return this.#options.transport;
  }

  /** The `HDFS_URL` by which a sink reaches HDFS past the proxy. */
  get directUrl(): string {
    return this.#options.hdfsUrl[this.transport];
  }

  /**
   * HDFS itself, past the proxy, over WebHDFS. The readers that use it share no code with the sink.
   */
  get location() {
    const [url = ''] = this.#options.hdfsUrl.webhdfs.split(',');
    return { url, dir: DIR, topic: this.topic };
  }

  /** A whole number below `limit`. */
  pick(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  /** Starts a sink of the topic's group. It reaches HDFS through the proxy. */
  async startSink(env: Variables = {}): Promise<SinkProcess> {
    const sink = await startSink({
      KAFKA_BROKERS: this.brokers,
      KAFKA_TOPIC: this.topic,
      KAFKA_GROUP: this.topic,
      HDFS_URL: this.proxy.url,
      HDFS_DIR: DIR,
      ROLL_BYTES: SEGMENT_BYTES,
      ...env,
    });
    this.#sinks.push(sink);
    return sink;
  }

  /** Counts a fault that the proxy does not inject. */
  count(fault: string): void {
    this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1);
  }

  /** Makes the next matching request go wrong. Resolves once it has. */
  async befalls(target: Target, fault: HdfsFault): Promise<void> {
    const what = `${this.#options.disaster}: ${fault.kind} ${target.op}`;
    const rule = this.proxy.next(target, fault);
    await until(() => rule.left === 0, { what, withinMs: BEFALLS_WITHIN_MS });
  }

  /** This moment, from which `recovers` can measure. */
  async mark(): Promise<Mark> {
    return { atMs: performance.now(), lines: await this.#linesMade() };
  }

  /**
   * Waits until sinks have made new lines of every partition durable since `since`. The load must
   * feed every partition. Notes the time for the report, and resolves with it, ms.
   */
  async recovers({ withinMs = RECOVERS_WITHIN_MS, since, as = 'recovery' }: Recovery = {}): Promise<number> {
    const { atMs, lines: before } = since ?? (await this.mark());
    const goesOn = async () => {
      const now = await this.#linesMade();
      const isFed = (partition: number) =>
        [...now].some(
          ([sink, lines]) => (lines.get(partition) ?? 0) > (before.get(sink)?.get(partition) ?? 0),
        );
      return this.#partitions.every(isFed);
    };
    const what = `${this.#options.disaster}: every partition goes on`;
    await until(goesOn, { what, withinMs, everyMs: ASK_EVERY_MS });
    const tookMs = performance.now() - atMs;
    this.note(as, tookMs);
    return tookMs;
  }

  /** Waits until the sinks write every partition for the first time. */
  async begins(): Promise<void> {
    await this.recovers({ as: 'start' });
  }

  /** Keeps a measured time for the report. */
  note(what: string, tookMs: number): void {
    this.#tookMs.set(what, [...(this.#tookMs.get(what) ?? []), tookMs]);
  }

  /** Every append that sinks at LOG_LEVEL=debug have logged, with its sink, by time. */
  appends(): readonly (LoggedAppend & { readonly sink: SinkProcess })[] {
    const all = this.#sinks.flatMap((sink) => appendsIn(sink.logs()).map((append) => ({ ...append, sink })));
    return all.sort((a, b) => a.atMs - b.atMs);
  }

  /** Ends the load, lets the running sinks write the rest, and judges. */
  async judge({ withinMs = 60_000, expected }: Judgement = {}): Promise<void> {
    await this.load.stop();
    const { verdict, records } = await judgeWhenSettled(this.brokers, this.location, withinMs, expected);
    const changed = await this.#watch.look();
    await report(this.#round(verdict, records, changed.length));
    expect(verdict).toEqual(CLEAN);
    expect(changed).toEqual([]);
    if (!expected) expect(records).toBe(this.load.acked);
  }

  /** Ends all faults, then stops the load, every sink that still runs, and the proxy. */
  async close(): Promise<void> {
    clearInterval(this.#watchTimer);
    this.proxy.heal();
    await this.proxy.release();
    await this.load.stop().catch(() => undefined);
    await Promise.all(this.#sinks.map((sink) => sink.stop()));
    await this.proxy.close();
  }

  /** The durable lines of each sink that answers, by partition. */
  async #linesMade(): Promise<LinesMade> {
    const made = new Map<SinkProcess, ReadonlyMap<number, number>>();
    for (const sink of this.#sinks) {
      const lines = await sink.perPartition('sink_lines_total').catch(() => undefined);
      if (lines) made.set(sink, lines);
    }
    return made;
  }

  /** The logs of all sinks, for the message of a failed test. */
  logs(): string {
    return this.#sinks.map((sink) => sink.logs()).join('\n');
  }

  #round(verdict: Verdict, records: number, changed: number) {
    const { disaster, seed } = this.#options;
    return {
      disaster,
      seed,
      faults: Object.fromEntries([...this.#faults, ...this.proxy.injected]),
      records,
      lost: verdict.lost.length,
      doubled: verdict.doubled.length,
      reordered: verdict.reordered.length,
      torn: verdict.torn.length,
      false: verdict.false.length + changed,
      tookMs: Object.fromEntries(this.#tookMs),
    };
  }
}
