import { setTimeout as delay } from 'node:timers/promises';
import type { DeliveryReport, LibrdKafkaError, Producer } from '@confluentinc/kafka-javascript';
import type { Logger } from 'pino';
import { ofDebug, toLog } from '../../infra/kafka/client-log.ts';
import { connect, discard } from '../../infra/kafka/connection.ts';
import { askMetadata, requirePartitions } from '../../infra/kafka/metadata.ts';
import { isAllBrokersDown, isFatal } from './kafka-failure.ts';

export interface BrokerLinkOptions {
  readonly topic: string;
  readonly log: Logger;
  readonly newProducer: () => Producer;
  readonly onReport: (error: LibrdKafkaError | null, report: DeliveryReport) => void;
  /**
   * Called when the client object is lost and reports nothing more.
   *
   * @returns how many outcomes stay unknown
   */
  readonly onLost: () => number;
}

export type LinkState =
  | { readonly is: 'connecting' }
  | { readonly is: 'connected'; readonly producer: Producer }
  | { readonly is: 'unreachable'; readonly producer: Producer }
  | { readonly is: 'closed'; readonly producer: Producer | undefined };

const CONNECT_MS = 2_000;
const PROBE_MS = 1_000;
/** An idle producer learns within this time that its topic is gone. */
const WATCH_EVERY_MS = 5_000;
const PAUSE_MS = 250;
const MAX_PAUSE_MS = 2_000;
/** Far beyond every deadline: `connect` to a dead broker was seen to take 30 s. */
const NO_END_AFTER_MS = 120_000;

/**
 * Owns one librdkafka producer at a time, and knows whether the brokers answer.
 *
 * - `connecting`: there is no usable client object, or no topic. The link makes one attempt after
 *   another, each with a new object, with growing pauses.
 * - `connected`: the client object takes records.
 * - `unreachable`: the client object is sound, but no broker answers its probe, or the topic is
 *   gone. The link probes until a broker has the topic.
 * - `closed`: final. The caller flushes and discards the last client object.
 *
 * A sign that the brokers are gone (every connection is down, or `suspect`) starts the probes. It
 * does not change the state by itself, because librdkafka closes idle connections too. Without any
 * sign the link probes every few seconds, for a topic can be deleted while no record comes. A fatal
 * error leads back to `connecting`.
 */
export class BrokerLink {
  readonly #options: BrokerLinkOptions;
  readonly #closing = new AbortController();
  readonly #watch = setInterval(() => this.suspect(), WATCH_EVERY_MS).unref();
  /** The callers that wait for a connection, or for the end. */
  readonly #waiting = new Set<() => void>();
  #state: LinkState = { is: 'connecting' };
  #probed: Producer | undefined;
  /** When the attempt or probe began that is under way; undefined while none is. */
  #askingSinceMs: number | undefined;

  constructor(options: BrokerLinkOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /**
   * A sentence about a question to the brokers that will never end; undefined while none is stuck.
   * Every question has a deadline, so a question far beyond it is stuck in librdkafka.
   */
  get standstill(): string | undefined {
    const askingMs = performance.now() - (this.#askingSinceMs ?? Number.POSITIVE_INFINITY);
    return askingMs > NO_END_AFTER_MS
      ? 'librdkafka does not come back from a question to the brokers'
      : undefined;
  }

  /** Begins to connect, and tries again until it is connected or closed. */
  start(): void {
    void this.#connect();
  }

  /** Probes the brokers, because they or the topic could be gone. */
  suspect(): void {
    if (this.#state.is !== 'connected' || this.#probed === this.#state.producer) return;
    void this.#probe(this.#state.producer);
  }

  /** Resolves when the link is connected or closed, at the latest after `withinMs`. */
  whenConnected(withinMs: number): Promise<void> {
    if (this.#state.is === 'connected' || this.#state.is === 'closed') return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(deadline);
        this.#waiting.delete(done);
        resolve();
      };
      const deadline = setTimeout(done, withinMs);
      this.#waiting.add(done);
    });
  }

  /** Ends every attempt and probe. Returns the last client object for the caller to flush. */
  close(): Producer | undefined {
    const producer = this.#state.is === 'connecting' ? undefined : this.#state.producer;
    this.#enter({ is: 'closed', producer });
    this.#closing.abort();
    clearInterval(this.#watch);
    return producer;
  }

  #enter(state: LinkState): void {
    this.#state = state;
    if (state.is === 'connected' || state.is === 'closed') for (const done of this.#waiting) done();
  }

  async #connect(): Promise<void> {
    let pauseMs = PAUSE_MS;
    while (this.#state.is === 'connecting') {
      if (await this.#watched(() => this.#attempt())) return;
      await this.#pause(pauseMs);
      pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
    }
  }

  async #watched<T>(ask: () => Promise<T>): Promise<T> {
    this.#askingSinceMs = performance.now();
    return ask().finally(() => {
      this.#askingSinceMs = undefined;
    });
  }

  async #attempt(): Promise<boolean> {
    const { topic, log, newProducer } = this.#options;
    let producer: Producer | undefined;
    try {
      producer = newProducer();
      this.#listen(producer);
      const metadata = await connect(producer, { topic, timeoutMs: CONNECT_MS });
      this.#adopt(producer, requirePartitions(metadata, topic).length);
      return true;
    } catch (error) {
      if (producer?.isConnected()) discard(producer);
      log.warn({ err: error, topic }, 'could not connect to the topic; trying again');
      return false;
    }
  }

  #adopt(producer: Producer, partitions: number): void {
    if (this.#state.is !== 'connecting') {
      discard(producer);
      return;
    }
    // Before the connection the native code would read through a null pointer.
    producer.setPollInBackground(true);
    this.#enter({ is: 'connected', producer });
    this.#options.log.info({ topic: this.#options.topic, partitions }, 'connected to the topic');
  }

  #listen(producer: Producer): void {
    producer.on('delivery-report', this.#options.onReport);
    producer.on('event.error', (error) => {
      if (isFatal(error)) this.#replace(producer, error);
      else if (isAllBrokersDown(error)) this.suspect();
      else this.#options.log.debug({ err: error }, 'librdkafka reported an error');
    });
    producer.on('event.log', ofDebug(toLog(this.#options.log)));
  }

  #replace(producer: Producer, error: LibrdKafkaError): void {
    if (!this.#holds(producer)) return;
    this.#enter({ is: 'connecting' });
    const unknown = this.#options.onLost();
    this.#options.log.error(
      { err: error, unknown },
      'librdkafka met a fatal error; a new client takes its place',
    );
    discard(producer);
    void this.#connect();
  }

  async #probe(producer: Producer): Promise<void> {
    this.#probed = producer;
    while (this.#holds(producer)) {
      const failure = await this.#watched(() => this.#askBrokers(producer));
      this.#enterAfterProbe(producer, failure);
      if (failure === undefined) break;
      await this.#pause(PAUSE_MS);
    }
    if (this.#probed === producer) this.#probed = undefined;
  }

  /** Returns why no broker answered that the topic exists; undefined when a broker did. */
  async #askBrokers(producer: Producer): Promise<unknown> {
    const { topic } = this.#options;
    try {
      requirePartitions(await askMetadata(producer, { topic, timeoutMs: PROBE_MS }), topic);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  #enterAfterProbe(producer: Producer, failure: unknown): void {
    if (!this.#holds(producer)) return;
    const { log } = this.#options;
    if (this.#state.is === 'connected' && failure !== undefined) {
      this.#enter({ is: 'unreachable', producer });
      log.warn({ err: failure }, 'no broker answers for the topic; events are refused until one does');
    } else if (this.#state.is === 'unreachable' && failure === undefined) {
      this.#enter({ is: 'connected', producer });
      log.info('the brokers answer for the topic again');
    }
  }

  #holds(producer: Producer): boolean {
    const state = this.#state;
    return (state.is === 'connected' || state.is === 'unreachable') && state.producer === producer;
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#closing.signal }).catch(() => {});
  }
}
