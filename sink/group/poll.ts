import { setTimeout as delay } from 'node:timers/promises';
import type { EofEvent, LibrdKafkaError, Message } from '@confluentinc/kafka-javascript';
import { limitPolls, poll } from '../../infra/kafka/polling.ts';
import type { GroupClient } from './group-client.ts';

/** How long a poll waits for its first message, and so how long a command to the client waits. */
const POLL_MS = 50;
/** The most that a poll brings. */
const POLL_COUNT = 1_000;
const POLL_BYTES = 4 * 1_048_576;

/** What one poll brought. */
export interface Polled {
  readonly messages: readonly Message[];
  /** Partitions that were read to their end, with the offset of the end. */
  readonly ends: readonly EofEvent[];
}

/**
 * Polls a client. A pause takes effect only after the poll that is under way, so a poll is bounded
 * in bytes too. The bound is an estimate from the mean size of the messages of the last poll.
 */
export class Poll {
  readonly #client: GroupClient;
  readonly #onError: (error: LibrdKafkaError) => void;
  #meanBytes = 1;
  #ends: EofEvent[] = [];

  constructor(client: GroupClient, onError: (error: LibrdKafkaError) => void) {
    this.#client = client;
    this.#onError = onError;
    limitPolls(client, POLL_MS);
    client.on('partition.eof', (end) => this.#ends.push(end));
  }

  /**
   * Resolves with what came, which may be nothing. The client tells of an end before its poll is
   * over, so the messages before the end come with it. Never rejects.
   */
  async next(): Promise<Polled> {
    const count = Math.min(POLL_COUNT, Math.max(1, Math.floor(POLL_BYTES / this.#meanBytes)));
    try {
      const messages = await poll(this.#client, count);
      this.#note(messages);
      return { messages, ends: this.#ends.splice(0) };
    } catch (error) {
      this.#onError(error as LibrdKafkaError);
      // Some errors come at once, and again at each poll.
      await delay(POLL_MS);
      return { messages: [], ends: this.#ends.splice(0) };
    }
  }

  #note(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    const bytes = messages.reduce((sum, message) => sum + message.size, 0);
    this.#meanBytes = Math.max(1, bytes / messages.length);
  }
}
