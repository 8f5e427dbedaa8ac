import { setTimeout as delay } from 'node:timers/promises';
import type { LibrdKafkaError, Message } from '@confluentinc/kafka-javascript';
import { limitPolls, poll } from '../../infra/kafka/polling.ts';
import type { GroupClient } from './group-client.ts';

/** How long a poll waits for its first message, and so how long a command to the client waits. */
const POLL_MS = 50;
/** The most that a poll brings. */
const POLL_COUNT = 1_000;
const POLL_BYTES = 4 * 1_048_576;

/**
 * Polls a client. A pause takes effect only after the poll that is under way, so a poll is bounded
 * in bytes too. The bound is an estimate from the mean size of the messages of the last poll.
 */
export class Poll {
  readonly #client: GroupClient;
  readonly #onError: (error: LibrdKafkaError) => void;
  #meanBytes = 1;

  constructor(client: GroupClient, onError: (error: LibrdKafkaError) => void) {
    this.#client = client;
    this.#onError = onError;
    limitPolls(client, POLL_MS);
  }

  /** Resolves with the messages that came, or with none. Never rejects. */
  async next(): Promise<readonly Message[]> {
    const count = Math.min(POLL_COUNT, Math.max(1, Math.floor(POLL_BYTES / this.#meanBytes)));
    try {
      const messages = await poll(this.#client, count);
      this.#note(messages);
      return messages;
    } catch (error) {
      this.#onError(error as LibrdKafkaError);
      // Some errors come at once, and again at each poll.
      await delay(POLL_MS);
      return [];
    }
  }

  #note(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    const bytes = messages.reduce((sum, message) => sum + message.size, 0);
    this.#meanBytes = Math.max(1, bytes / messages.length);
  }
}
