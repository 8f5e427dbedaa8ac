import type { LibrdKafkaError } from '@confluentinc/kafka-javascript';
import type { Logger } from 'pino';

const REPEAT_AFTER_MS = 10_000;

/**
 * Logs the errors that librdkafka reports, each error code at most once in ten seconds. While the
 * brokers are away, librdkafka reports many errors a second.
 */
export class ThrottledWarnings {
  readonly #log: Logger;
  /** The time of the last warning, by error code. */
  readonly #loggedAtMs = new Map<number, number>();

  constructor(log: Logger) {
    this.#log = log;
  }

  warn({ code, message }: LibrdKafkaError): void {
    const loggedAtMs = this.#loggedAtMs.get(code) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - loggedAtMs < REPEAT_AFTER_MS) return;
    this.#loggedAtMs.set(code, performance.now());
    this.#log.warn({ code, message }, 'Kafka reports an error');
  }
}
