import type { LibrdKafkaError, Message } from '@confluentinc/kafka-javascript';
import type { GroupClient } from './group-client.ts';

/** How long one poll waits for a first message; whoever asks something of the client waits no longer than this. */
const POLL_MS = 50;
/** What a poll brings at most. */
const POLL_COUNT = 1_000;
const POLL_BYTES = 4 * 1_048_576;

/** Polls a client. A poll is bounded in bytes too, as far as the last one tells: a pause takes effect only after it. */
export class Poll {
  readonly #client: GroupClient;
  readonly #onError: (error: LibrdKafkaError) => void;
  #meanBytes = 1;

  constructor(client: GroupClient, onError: (error: LibrdKafkaError) => void) {
    this.#client = client;
    this.#onError = onError;
    client.setDefaultConsumeTimeout(POLL_MS);
    client.setDefaultIsTimeoutOnlyForFirstMessage(true);
  }

  /** Resolves with what came, be it nothing; never rejects. */
  next(): Promise<readonly Message[]> {
    const count = Math.min(POLL_COUNT, Math.max(1, Math.floor(POLL_BYTES / this.#meanBytes)));
    return new Promise((resolve) => {
      this.#client.consume(count, (error, messages) => {
        if (!error) {
          this.#note(messages);
          return resolve(messages);
        }
        this.#onError(error);
        // Some errors come at once, and again and again.
        setTimeout(() => resolve([]), POLL_MS);
      });
    });
  }

  #note(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    const bytes = messages.reduce((sum, message) => sum + message.size, 0);
    this.#meanBytes = Math.max(1, bytes / messages.length);
  }
}
