import { setTimeout as delay } from 'node:timers/promises';
import kafka, { type LibrdKafkaError } from '@confluentinc/kafka-javascript';
import type { Logger } from 'pino';
import { connect, disconnect } from '../../infra/kafka/connection.ts';
import { BackOff } from '../../infra/runtime/back-off.ts';
import {
  type GroupClient,
  type MembershipOptions,
  newGroupClient,
  type RebalanceCallback,
  waitForCoordinator,
} from './group-client.ts';
import { Complaints } from './throttled-warnings.ts';

export interface GroupConnectionOptions extends MembershipOptions {
  readonly topic: string;
  readonly log: Logger;
}

const CONNECT_TIMEOUT_MS = 10_000;
const CONNECT_BACK_OFF_MS = { first: 500, last: 5_000 };
const COORDINATOR_TIMEOUT_MS = 2_000;
const DISCONNECT_TIMEOUT_MS = 5_000;
/**
 * How librdkafka marks in its log what is beyond repair (`rd_kafka_set_fatal_error0`). As an error it comes only once, between two
 * messages, and the client's `consume` drops an error that has messages before it (`KafkaConsumerConsumeNum::Execute`).
 */
const FATAL_LOG = 'FATAL';

/** Connects a client to the group, and tells what that complains of from what is beyond repair. */
export class GroupConnection {
  readonly #options: GroupConnectionOptions;
  readonly #onFatal: (error: Error) => void;
  readonly #complaints: Complaints;
  #isFatal = false;

  /** @param onFatal is told once; the process has to start anew then */
  constructor(options: GroupConnectionOptions, onFatal: (error: Error) => void) {
    this.#options = options;
    this.#onFatal = onFatal;
    this.#complaints = new Complaints(options.log);
  }

  /** A client that is connected, however long that takes; undefined where it is not wanted any more. */
  async open(
    onRebalance: (client: GroupClient, ...told: Parameters<RebalanceCallback>) => void,
    isWanted: () => boolean,
  ): Promise<GroupClient | undefined> {
    const backOff = new BackOff(CONNECT_BACK_OFF_MS.first, CONNECT_BACK_OFF_MS.last);
    while (isWanted()) {
      const client: GroupClient = newGroupClient(this.#options, (...told) => onRebalance(client, ...told));
      client.on('event.error', (error) => this.report(error));
      client.on('event.log', ({ fac, message }: { fac: string; message: string }) => {
        if (fac === FATAL_LOG) this.#fail(message);
      });
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

  /** All was given up. */
  async close(client: GroupClient): Promise<void> {
    await waitForCoordinator(client, this.#options.topic, COORDINATOR_TIMEOUT_MS);
    await disconnect(client, DISCONNECT_TIMEOUT_MS);
  }

  /** What the client says in answer to a poll, as it says it unasked. */
  report(error: LibrdKafkaError): void {
    const isFatal = error.code === kafka.CODES.ERRORS.ERR__FATAL || error.isFatal;
    if (isFatal) this.#fail(error.message);
    else this.#complaints.say(error);
  }

  /** It is told more than once. */
  #fail(message: string): void {
    if (this.#isFatal) return;
    this.#isFatal = true;
    this.#onFatal(new Error(message));
  }
}
