import { expect } from 'vitest';
import { type Breaches, judgeAnswers, type StoredEvent, TRUE_ANSWERS } from '../judge/collector-judge.ts';
import { createTopic, readTopic } from '../kafka/topic.ts';
import { type Exit, type RoleProcess, startRole, type Variables } from '../process/role-process.ts';
import { seededRandom } from '../seeded-random.ts';
import { report } from '../stage/chaos-report.ts';
import { until } from '../until.ts';
import { CollectorLoad, type CollectorLoadOptions } from './collector-load.ts';
import { CollectorScrapes } from './collector-scrapes.ts';

export interface CollectorStageOptions {
  readonly disaster: string;
  readonly seed: number;
  readonly brokers: string;
  /** The producer's settings besides the address of Kafka. */
  readonly env?: Variables;
  readonly load?: Omit<CollectorLoadOptions, 'seed' | 'url'>;
}

const RECOVERS_WITHIN_MS = 60_000;
const PARTITIONS = 3;
/** Short time-outs, so that a disaster outlasts them. */
const TIMEOUTS = { DELIVERY_TIMEOUT_MS: '1000', PRODUCE_DEADLINE_MS: '1500' };

/**
 * The stage for a disaster of the producer. It owns a topic, a real producer under load, and
 * scrapes of the producer's metrics. At the end it judges two promises: the topic has the events
 * that the answers say, and every scrape accounts for every event.
 */
export class CollectorStage {
  readonly topic: string;
  readonly load: CollectorLoad;
  /** Gives the same numbers for the same seed. */
  readonly random: () => number;
  producer: RoleProcess;
  readonly #options: CollectorStageOptions;
  readonly #scrapes: CollectorScrapes;
  readonly #faults = new Map<string, number>();
  readonly #tookMs = new Map<string, number[]>();
  #oldLogs = '';

  private constructor(options: CollectorStageOptions, topic: string, producer: RoleProcess) {
    this.#options = options;
    this.topic = topic;
    this.producer = producer;
    this.random = seededRandom(options.seed);
    this.load = new CollectorLoad({ ...options.load, seed: options.seed, url: producer.url });
    this.#scrapes = new CollectorScrapes(producer.url);
  }

  static async open(options: CollectorStageOptions): Promise<CollectorStage> {
    const topic = await createTopic(options.brokers, { partitions: PARTITIONS });
    return new CollectorStage(options, topic, await startProducer(options, topic));
  }

  /** A whole number below `limit`. */
  pick(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  count(fault: string): void {
    this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1);
  }

  note(what: string, tookMs: number): void {
    this.#tookMs.set(what, [...(this.#tookMs.get(what) ?? []), tookMs]);
  }

  /** Waits until the producer has told an outcome so many times more. */
  async tells(outcome: string, times = 1): Promise<void> {
    const before = this.load.count(outcome);
    const what = `${this.#options.disaster}: ${times} more ${outcome}`;
    await until(() => this.load.count(outcome) >= before + times, { what, withinMs: RECOVERS_WITHIN_MS });
  }

  /** Waits until the producer acknowledges events again, and notes how long that took. */
  async recovers(as = 'recovery'): Promise<void> {
    const sinceMs = performance.now();
    await this.tells('acked', 100);
    this.note(as, performance.now() - sinceMs);
  }

  /** Waits for the producer's end, and starts another producer in its place. */
  async replaceProducer(): Promise<Exit> {
    const exit = await this.producer.exited();
    this.#oldLogs += this.producer.logs();
    this.producer = await startProducer(this.#options, this.topic);
    this.load.turnTo(this.producer.url);
    this.#scrapes.turnTo(this.producer.url);
    return exit;
  }

  /** Ends the load, lets the producer deliver the events that it still has, and judges. */
  async judge(): Promise<void> {
    await this.load.stop();
    await this.#scrapes.stop();
    expect(await this.producer.stop(), this.producer.logs()).toEqual({ code: 0, signal: null });
    const records = await readTopic(this.#options.brokers, this.topic);
    const breaches = judgeAnswers(
      this.load.sent,
      records.map(
        ({ partition, offset, value }) =>
          ({ ...JSON.parse(value.toString()), partition, offset }) as StoredEvent,
      ),
    );
    await report(this.#round(breaches, records.length));
    expect(breaches).toEqual(TRUE_ANSWERS);
    expect(this.#scrapes.unbalanced).toEqual([]);
    expect(this.#scrapes.count).toBeGreaterThan(0);
  }

  async close(): Promise<void> {
    await this.load.stop();
    await this.#scrapes.stop();
    await this.producer.stop();
  }

  /** The logs of all producers so far, for the message of a failed test. */
  logs(): string {
    return this.#oldLogs + this.producer.logs();
  }

  #round(breaches: Breaches, records: number) {
    const { disaster, seed } = this.#options;
    const told = [...this.load.counts].map(([outcome, times]) => [`told ${outcome}`, times] as const);
    return {
      disaster,
      seed,
      faults: Object.fromEntries(this.#faults),
      records,
      lost: breaches.lost.length,
      doubled: breaches.doubled.length,
      reordered: breaches.reordered.length,
      torn: 0,
      false: breaches.false.length + this.#scrapes.unbalanced.length,
      counts: Object.fromEntries([
        ...told,
        ['cut connections', this.load.cut],
        ['scrapes', this.#scrapes.count],
      ]),
      tookMs: Object.fromEntries(this.#tookMs),
    };
  }
}

async function startProducer({ brokers, env }: CollectorStageOptions, topic: string): Promise<RoleProcess> {
  const producer = await startRole('producer', {
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: topic,
    ...TIMEOUTS,
    ...env,
  });
  await producer.ready();
  return producer;
}
