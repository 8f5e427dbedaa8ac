import { type Answer, codeOf, settledBy } from '../event/answer.ts';
import { backOffMs } from '../event/back-off.ts';
import { eventId } from '../event/event-id.ts';
import { exchange } from '../event/exchange.ts';
import type { Settled } from '../event/outcome.ts';

/** How often the page sends one event at most. */
const MAX_ATTEMPTS = 6;
/**
 * After this time the page sends an event no more. The producer remembers an id for 10 minutes by
 * default (REPEAT_WINDOW_MS), so every repetition falls well into its window.
 */
const GIVE_UP_AFTER_MS = 5 * 60_000;
/** The producer answers with one of these codes only if this request stored nothing. */
export const NOTHING_STORED = [
  'request_timeout',
  'rate_limited',
  'internal',
  'broker_unavailable',
  'overloaded',
  'draining',
];

/** Why an event has no end yet. */
interface Unsettled {
  /** `unanswered`, `http_<status>`, or a code of the producer. */
  readonly code: string;
  /** False where the producer said of every attempt that it stored nothing. */
  readonly mayBeStored: boolean;
}

/** The page sends the event again, with the same id. */
export interface Retrying extends Unsettled {
  readonly is: 'retrying';
  readonly afterMs: number;
}

/** The page sends the event no more, and its end is not known. */
export interface Abandoned extends Unsettled {
  readonly is: 'abandoned';
}

/** How an event stands after an attempt. `attempt` counts from 1. */
export interface Progress {
  readonly attempt: number;
  readonly outcome: Settled | Retrying | Abandoned;
}

/**
 * Sends one event by `GET <url>?service=...&user=...&id=...` and yields how it stands after each
 * attempt; the last one is no `retrying`. The id is the page's own and the same in each attempt, so
 * the producer stores the event once even if an answer was lost.
 */
export async function* select(
  url: string,
  { service, user }: { readonly service: string; readonly user: string },
): AsyncGenerator<Progress, void> {
  const startedMs = Date.now();
  const id = eventId(startedMs);
  const address = `${url}?${new URLSearchParams({ service, user, id })}`;
  let mayBeStored = false;
  for (let attempt = 1; ; attempt++) {
    // Keepalive lets the browser finish the request where the user leaves the page.
    const answer = await exchange(address, { cache: 'no-store', keepalive: true });
    const end = settledBy(id, answer.body);
    if (end) return yield { attempt, outcome: end };
    const code = codeOf(answer.body);
    mayBeStored ||= !NOTHING_STORED.includes(code);
    const afterMs = waitMs(attempt, answer);
    if (attempt === MAX_ATTEMPTS || Date.now() + afterMs > startedMs + GIVE_UP_AFTER_MS) {
      return yield { attempt, outcome: { is: 'abandoned', code, mayBeStored } };
    }
    yield { attempt, outcome: { is: 'retrying', code, mayBeStored, afterMs } };
    await new Promise((resolve) => setTimeout(resolve, afterMs));
  }
}

const waitMs = (attempt: number, { retryAfterMs }: Answer): number => backOffMs(attempt - 1, retryAfterMs);
