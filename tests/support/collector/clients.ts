import { Agent, get } from 'node:http';
import type { Problem, Receipt } from '../../../producer/contract/answer.ts';

/** The answer to a request. `status` is 0 if no answer came. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Partial<Receipt & Problem>;
  readonly tookMs: number;
}

const ANSWER_WITHIN_MS = 20_000;

export interface Choice {
  readonly service: string;
  readonly user: string;
}

/** Sends one event as a browser would. Never rejects. */
export function select(url: string, choice: Choice, agent?: Agent): Promise<Answer> {
  const start = performance.now();
  const since = () => performance.now() - start;
  return new Promise((resolve) => {
    const lost = () => resolve({ status: 0, retryAfter: undefined, body: {}, tookMs: since() });
    const options = { agent, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) };
    get(`${url}/api/select?${new URLSearchParams({ ...choice })}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', lost);
      response.once('end', () => {
        const body: Partial<Receipt & Problem> = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        const { statusCode: status = 0, headers } = response;
        resolve({ status, retryAfter: headers['retry-after'], body, tookMs: since() });
      });
    }).once('error', lost);
  });
}

/** Clients that send one event after another on kept-alive connections, until `stop`. */
export class Clients {
  readonly answers: Answer[] = [];
  readonly #agent: Agent;
  readonly #clients: Promise<void>[];
  #stopped = false;

  constructor(url: string, clients: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: clients });
    this.#clients = Array.from({ length: clients }, (_, client) => this.#run(url, `user-${client}`));
  }

  get acked(): Answer[] {
    return this.answers.filter(({ status }) => status === 200);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  async #run(url: string, user: string): Promise<void> {
    while (!this.#stopped) {
      const answer = await select(url, { service: 'blue', user }, this.#agent);
      this.answers.push(answer);
      if (answer.status === 0) return;
    }
  }
}
