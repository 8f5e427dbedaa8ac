import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { BatchAnswer, BatchItem, Problem, Receipt } from '../../../producer/contract/answer.ts';
import type { Attempt, SentEvent, Told } from '../judge/collector-judge.ts';
import { seededRandom } from '../seeded-random.ts';

export interface CollectorLoadOptions {
  readonly seed: number;
  /** The producer's URL. */
  readonly url: string;
  /** Each client has one request under way at a time, on a connection that it keeps. */
  readonly clients?: number;
  readonly maxBatch?: number;
}

interface Answer {
  readonly status: number;
  readonly outcome: string | undefined;
  readonly body: string;
}

/** An event, to which the load adds each answer as it comes. */
interface Growing extends SentEvent {
  readonly attempts: Attempt[];
}

const CLIENTS = 16;
const MAX_BATCH = 20;
const ANSWER_WITHIN_MS = 20_000;
/** A refused client asks again after this time, far sooner than Retry-After: it is an adversary. */
const AGAIN_MS = 20;
const GOES_WITHIN_MS = 5;
const UNKNOWN: Told = { is: 'unknown' };
type NoAnswer = 'cut' | 'not connected';
const WITHOUT_ANSWER: Readonly<Record<NoAnswer, Told>> = {
  cut: UNKNOWN,
  'not connected': { is: 'refused', code: 'not connected' },
};

/**
 * Clients that send events in every way that the API has, and remember the answer to each event.
 * Each client sends one request after the other. Events go alone, in batches and as pixels, with
 * ids of the client's own and without. Some go again under the same id, after the first answer or
 * beside it.
 */
export class CollectorLoad {
  readonly sent: Growing[] = [];
  /** How often the producer told each outcome. */
  readonly counts = new Map<string, number>();
  /** Requests without an answer although there was a connection. */
  cut = 0;
  readonly #options: Required<CollectorLoadOptions>;
  readonly #agent: Agent;
  readonly #clients: Promise<void>[];
  #url: string;
  #process = 0;
  #state: 'sending' | 'paused' | 'stopped' = 'sending';
  #underWay = 0;

  constructor(options: CollectorLoadOptions) {
    this.#options = { clients: CLIENTS, maxBatch: MAX_BATCH, ...options };
    this.#url = options.url;
    const { clients, seed } = this.#options;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 2 * clients });
    this.#clients = Array.from({ length: clients }, (_, client) =>
      this.#run(client, seededRandom(seed + client)),
    );
  }

  count(outcome: string): number {
    return this.counts.get(outcome) ?? 0;
  }

  /** Another process takes over, which knows nothing of the events that the last one was sent. */
  turnTo(url: string): void {
    this.#url = url;
    this.#process += 1;
  }

  /** Runs `meanwhile` while no request is under way. */
  async pauseFor<T>(meanwhile: () => Promise<T>): Promise<T> {
    this.#state = 'paused';
    while (this.#underWay > 0) await delay(1);
    return meanwhile().finally(() => {
      this.#state = 'sending';
    });
  }

  async stop(): Promise<void> {
    this.#state = 'stopped';
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  async #run(client: number, random: () => number): Promise<void> {
    for (let turn = 0; this.#state !== 'stopped'; turn++) {
      if (this.#state === 'paused') {
        await delay(AGAIN_MS);
        continue;
      }
      this.#underWay += 1;
      const before = this.#acked;
      await this.#takeTurn(`${client}-${turn}`, `user-${client}`, random);
      this.#underWay -= 1;
      if (this.#acked === before) await delay(AGAIN_MS);
    }
  }

  get #acked(): number {
    return this.count('acked');
  }

  async #takeTurn(name: string, user: string, random: () => number): Promise<void> {
    const one = (suffix = '') => this.#newEvent(`${name}${suffix}`, user, random() < 0.5);
    const kind = random();
    if (kind < 0.05) return this.#selectAndGo(one(), random() * GOES_WITHIN_MS);
    if (kind < 0.25) return this.#select(one());
    if (kind < 0.4) return this.#pixel(one());
    if (kind < 0.55) return this.#post([one()], false);
    if (kind < 0.75) {
      const events = Array.from({ length: 1 + Math.floor(random() * this.#options.maxBatch) }, (_, i) =>
        one(`-${i}`),
      );
      return this.#post(events, true);
    }
    const own = this.#newEvent(name, user, true);
    const again = () => (random() < 0.5 ? this.#select(own) : this.#post([own], false));
    if (kind < 0.85) await Promise.all([again(), again()]);
    else {
      await again();
      await again();
    }
  }

  #newEvent(service: string, user: string, own: boolean): Growing {
    const event = { service, user, ...(own && { id: `id:${service}` }), attempts: [] };
    this.sent.push(event);
    return event;
  }

  async #select(event: Growing): Promise<void> {
    const answered = await this.#ask('GET', `/api/select?${queryOf(event)}`);
    this.#note([event], answered, ({ status, body }) => [toldOf(status, JSON.parse(body))]);
  }

  /** Sends an event and does not wait for the answer, as a page does that closes. */
  async #selectAndGo(event: Growing, afterMs: number): Promise<void> {
    const asked = request(`${this.#url}/api/select?${queryOf(event)}`, { agent: false });
    asked.once('error', () => {});
    asked.once('response', (response) => response.resume());
    event.attempts.push({ process: this.#process, told: UNKNOWN });
    asked.end();
    await delay(afterMs);
    asked.destroy();
  }

  async #pixel(event: Growing): Promise<void> {
    const answered = await this.#ask('GET', `/api/pixel.gif?${queryOf(event)}`);
    this.#note([event], answered, ({ outcome }) => [toldByPixel(outcome)]);
  }

  async #post(events: readonly Growing[], asBatch: boolean): Promise<void> {
    const inputs = events.map(({ attempts: _, ...input }) => input);
    const answered = await this.#ask('POST', '/api/events', JSON.stringify(asBatch ? inputs : inputs[0]));
    this.#note(events, answered, ({ status, body }) => {
      const answer: Receipt & Problem & BatchAnswer = JSON.parse(body);
      if (!asBatch) return [toldOf(status, answer)];
      // The producer refused the batch as a whole, before it had read the events.
      if (answer.events === undefined) return events.map(() => toldOf(status, answer));
      return answer.events.map((item) => toldOf(item.status, item));
    });
  }

  /** @param read reads from an answer what it says of each event, in the events' order */
  #note(
    events: readonly Growing[],
    { process, answer }: { process: number; answer: Answer | NoAnswer },
    read: (answer: Answer) => readonly Told[],
  ): void {
    const told = typeof answer === 'string' ? events.map(() => WITHOUT_ANSWER[answer]) : read(answer);
    events.forEach((event, index) => {
      const one = told[index] ?? UNKNOWN;
      event.attempts.push({ process, told: one });
      const outcome = one.is === 'refused' ? one.code : one.is;
      this.counts.set(outcome, this.count(outcome) + 1);
    });
  }

  async #ask(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ process: number; answer: Answer | NoAnswer }> {
    const process = this.#process;
    const answer = await this.#exchange(method, path, body).catch(
      (error: NodeJS.ErrnoException): NoAnswer => (error.code === 'ECONNREFUSED' ? 'not connected' : 'cut'),
    );
    if (answer === 'cut') this.cut += 1;
    return { process, answer };
  }

  #exchange(method: string, path: string, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request(`${this.#url}${path}`, {
        method,
        agent: this.#agent,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      });
      asked.once('error', reject);
      asked.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            outcome: response.headers['producer-outcome']?.toString(),
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
      asked.end(body);
    });
  }
}

function queryOf({ service, user, id }: SentEvent): URLSearchParams {
  return new URLSearchParams({ service, user, ...(id !== undefined && { id }) });
}

function toldOf(status: number, said: BatchItem | (Receipt & Problem)): Told {
  if (status === 200) return { is: 'acked', receipt: said as Receipt };
  const { code } = said as Problem;
  return code === 'outcome_unknown' ? UNKNOWN : { is: 'refused', code };
}

function toldByPixel(outcome: string | undefined): Told {
  if (outcome === 'acked') return { is: 'acked' };
  return outcome === undefined || outcome === 'outcome_unknown' ? UNKNOWN : { is: 'refused', code: outcome };
}
