import { setTimeout as delay } from 'node:timers/promises';
import { balance, readMetrics } from './assembled-collector.ts';

const EVERY_MS = 100;
const AT_ONCE = 3;
const ANSWER_WITHIN_MS = 2_000;

/**
 * Scrapes /metrics all the time, several times at once. Remembers each scrape in which an event is
 * missing.
 */
export class CollectorScrapes {
  readonly unbalanced: string[] = [];
  /** Scrapes that were answered. */
  count = 0;
  #url: string;
  #stopped = false;
  readonly #running: Promise<void>;

  constructor(url: string) {
    this.#url = url;
    this.#running = this.#run();
  }

  turnTo(url: string): void {
    this.#url = url;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.#scrape(this.#url)));
      await delay(EVERY_MS);
    }
  }

  /** A producer that is killed or frozen answers nothing. */
  async #scrape(url: string): Promise<void> {
    const text = await scrape(url).catch(() => undefined);
    if (text === undefined) return;
    this.count += 1;
    const { received, accounted } = balance(readMetrics(text));
    if (received !== accounted) this.unbalanced.push(`${received} received, ${accounted} accounted for`);
  }
}

async function scrape(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  return response.text();
}
