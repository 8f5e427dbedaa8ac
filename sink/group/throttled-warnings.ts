import type { LibrdKafkaError } from '@confluentinc/kafka-javascript';
import type { Logger } from 'pino';

const SAY_AGAIN_MS = 10_000;

/** librdkafka's complaints, each kind once in a while: while the brokers are away it has many a second. */
export class Complaints {
  readonly #log: Logger;
  /** When one was last logged, by its code. */
  readonly #saidAtMs = new Map<number, number>();

  constructor(log: Logger) {
    this.#log = log;
  }

  say({ code, message }: LibrdKafkaError): void {
    const saidAtMs = this.#saidAtMs.get(code) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - saidAtMs < SAY_AGAIN_MS) return;
    this.#saidAtMs.set(code, performance.now());
    this.#log.warn({ code, message }, 'Kafka reports');
  }
}
