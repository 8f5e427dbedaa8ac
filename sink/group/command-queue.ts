/**
 * What is asked of the Kafka client, in order, to be done between two polls: while no message is on its way. Once
 * closed it does nothing any more and says so.
 */
export class Commands<Client> {
  #queue: ((client: Client | undefined) => void)[] = [];
  #closed = false;

  get pending(): boolean {
    return this.#queue.length > 0;
  }

  /** Resolves once done; rejects with what the command throws, or where nothing will be done any more. */
  ask<T>(command: (client: Client) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const obey = (client: Client | undefined): void => {
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
      if (this.#closed) obey(undefined);
      else this.#queue.push(obey);
    });
  }

  obey(client: Client): void {
    for (const command of this.#queue.splice(0)) command(client);
  }

  close(): void {
    this.#closed = true;
    for (const command of this.#queue.splice(0)) command(undefined);
  }
}
