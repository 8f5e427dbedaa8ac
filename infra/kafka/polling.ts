import type { KafkaConsumer, Message } from '@confluentinc/kafka-javascript';

/** A method of the consumer that its types leave out. */
interface UntypedConsumer {
  setDefaultIsTimeoutOnlyForFirstMessage(value: boolean): void;
}

/**
 * Makes each poll of the consumer wait at most `waitMs` for its first message and not at all for
 * further ones. By default librdkafka waits as long for every message of a poll.
 */
export function limitPolls(consumer: KafkaConsumer, waitMs: number): void {
  consumer.setDefaultConsumeTimeout(waitMs);
  (consumer as KafkaConsumer & UntypedConsumer).setDefaultIsTimeoutOnlyForFirstMessage(true);
}

/**
 * Polls once.
 *
 * @returns at most `maxMessages`; none when nothing came in time
 * @throws {LibrdKafkaError}
 */
export function poll(consumer: KafkaConsumer, maxMessages: number): Promise<readonly Message[]> {
  return new Promise((resolve, reject) => {
    consumer.consume(maxMessages, (error, messages) => (error ? reject(error) : resolve(messages)));
  });
}
