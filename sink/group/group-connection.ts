import { setTimeout as delay } from 'node:timers/promises';
import kafka, { type LibrdKafkaError } from '@confluentinc/kafka-javascript';
import type { Logger } from 'pino';
import { ofDebug, toLog } from '../../infra/kafka/client-log.ts';
import { connect, disconnect } from '../../infra/kafka/connection.ts';
import { BackOff } from '../../infra/runtime/back-off.ts';
import {
  type GroupClient,
  type MembershipOptions,
  newGroupClient,
  type RebalanceCallback,
  waitForCoordinator,
} from './group-client.ts';
import { ThrottledWarnings } from './throttled-warnings.ts';

export interface GroupConnectionOptions extends MembershipOptions {
  readonly topic: string;
  readonly log: Logger;
}

const CONNECT_TIMEOUT_MS = 10_000;
const CONNECT_BACK_OFF_MS = { first: 500, last: 5_000 };
const COORDINATOR_TIMEOUT_MS = 2_000;
const DISCONNECT_TIMEOUT_MS = 5_000;
/**
 * The facility by which librdkafka marks a fatal error in its log (`rd_kafka_set_fatal_error0`).
 * The log is needed because librdkafka reports the error itself only once, between two messages.
 * The client's `consume` drops an error that has messages before it in the same poll
 * (`KafkaConsumerConsumeNum::Execute`).
 */
const FATAL_LOG = 'FATAL';

/** Connects a client to the group, and tells its passing errors from fatal ones. */
export class GroupConnection {
  readonly #options: GroupConnectionOptions;
  readonly #onFatal: (error: Error) => void;
  readonly #warnings: ThrottledWarnings;
  #isFatal = false;

  /** @param onFatal called at most once; the process has to start anew then */
  constructor(options: GroupConnectionOptions, onFatal: (error: Error) => void) {
    this.#options = options;
    this.#onFatal = onFatal;
    this.#warnings = new ThrottledWarnings(options.log);
  }

  /** Resolves with a connected client, however long that takes; undefined once it is not wanted. */
  async open(
    onRebalance: (client: GroupClient, ...told: Parameters<RebalanceCallback>) => void,
    isWanted: () => boolean,
  ): Promise<GroupClient | undefined> {
    const backOff = new BackOff(CONNECT_BACK_OFF_MS.first, CONNECT_BACK_OFF_MS.last);
    while (isWanted()) {
      const client: GroupClient = newGroupClient(this.#options, (...told) => onRebalance(client, ...told));
      this.#listen(client);
      try {
        await connect(client, { topic: this.#options.topic, timeoutMs: CONNECT_TIMEOUT_MS });
        return client;
      } catch (error) {
        await disconnect(client, DISCONNECT_TIMEOUT_MS);
        const pauseMs = Math.round(backOff.next());
        this.#options.log.warn({ err: error, pauseMs }, 'Kafka is out of reach; connecting again');
        await delay(pauseMs);
      }
    }
    return undefined;
  }

  /** Disconnects a client whose partitions are all given up. */
  async close(client: GroupClient): Promise<void> {
    await waitForCoordinator(client, this.#options.topic, COORDINATOR_TIMEOUT_MS);
    await disconnect(client, DISCONNECT_TIMEOUT_MS);
  }

  /** Takes an error with which the client answered a poll. It equals an error event. */
  report(error: LibrdKafkaError): void {
    const isFatal = error.code === kafka.CODES.ERRORS.ERR__FATAL || error.isFatal;
    if (isFatal) this.#fail(error.message);
    else this.#warnings.warn(error);
  }

  #listen(client: GroupClient): void {
    client.on('event.error', (error) => this.report(error));
    client.on('event.log', ofDebug(toLog(this.#options.log)));
    client.on('event.log', ({ fac, message }: { fac: string; message: string }) => {
      if (fac === FATAL_LOG) this.#fail(message);
    });
  }

  /** librdkafka may tell of one fatal error several times. */
  #fail(message: string): void {
    if (this.#isFatal) return;
    this.#isFatal = true;
    this.#onFatal(new Error(message));
  }
}
