type Command<Client> = (client: Client | undefined) => void;

/**
 * The commands to the Kafka client that wait for the end of the present poll, in order. No message
 * is on its way from the client between two polls. After `close` the queue rejects every command.
 */
export class CommandQueue<Client> {
  #queue: Command<Client>[] = [];
  #closed = false;

  get isPending(): boolean {
    return this.#queue.length > 0;
  }

  /** Resolves when the command is done. Rejects with its error, or once the queue is closed. */
  ask<T>(command: (client: Client) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const execute: Command<Client> = (client) => {
        if (client === undefined) {
          reject(new Error('no longer a member of the group'));
          return;
        }
        try {
          resolve(command(client));
        } catch (error) {
          reject(error);
        }
      };
      if (this.#closed) execute(undefined);
      else this.#queue.push(execute);
    });
  }

  /** Executes every waiting command. The caller has no poll under way. */
  execute(client: Client): void {
    for (const command of this.#queue.splice(0)) command(client);
  }

  close(): void {
    this.#closed = true;
    for (const command of this.#queue.splice(0)) command(undefined);
  }
}
