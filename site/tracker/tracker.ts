import { apiUrl } from '../event/address.ts';
import { eventId } from '../event/event-id.ts';
import type { Outcome } from '../event/outcome.ts';
import { type Callers, listen, outcomeOf } from './callers.ts';
import { createDelivery } from './delivery.ts';
import { onPageLife } from './page-life.ts';
import { bodyOf, bytesOf, first, type Queued } from './queue.ts';
import { createQueueLoop } from './queue-loop.ts';
import { write } from './store.ts';

export interface TrackerOptions {
  /** The producer's address. An empty one stands for the folder of the page itself. */
  readonly collector?: string;
  /**
   * How many events, and bytes of them, all tabs together keep at most while they cannot be sent.
   * The tracker refuses further events as `queue_full`.
   */
  readonly maxEvents?: number;
  readonly maxBytes?: number;
  /** How long an event waits for others to go in the same request, in milliseconds. */
  readonly batchAfterMs?: number;
}

export interface TrackedEvent {
  readonly service: string;
  readonly user: string;
  readonly properties?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Tracker {
  /**
   * Keeps an event and sends it. Resolves with what is known after the first try; it never
   * rejects. An event that JSON cannot say, such as one with a BigInt, is refused as
   * `invalid_request`.
   */
  track(event: TrackedEvent): Promise<Outcome>;
}

/**
 * Owns a page's way to one producer. `track` puts an event into a queue in localStorage. The event
 * stays there until an answer about this very event ends it (`stored`, `refused`, `ignored`). No
 * answer, a time-out, 429, 5xx and a closed tab leave the event in the queue. It is then sent
 * again with the same id by this page after a back-off, by another tab, or by the next visit. One
 * tab at a time sends, and it sends the events of all tabs.
 *
 * The tracker promises *at least once, with stable ids*. The producer stores an id once: it
 * answers a repeated id with the first outcome. This holds while the same process runs, and within
 * its REPEAT_WINDOW_MS (10 minutes by default). An event is stored twice, with one id, where its
 * answer is lost and the repetition comes later or reaches another process. To count events, count
 * ids.
 *
 * A beacon is such a case. It leaves a page that goes, and nobody can read its answer. It counts
 * as a try without an answer. If the page was only hidden, the tracker repeats the event a moment
 * later and reads its receipt. If the page is gone, the next page of the site repeats the event,
 * mostly within seconds. The same holds for a keepalive request.
 * Rejected: to take a beacon for sent once the browser has queued it. Events would be lost
 * silently whenever the network or the producer is away, which is just when the queue is not
 * empty.
 * Rejected: to drop such an event once the producer's window is over. The same loss comes later.
 *
 * The code is written in closures and as small as possible: the bundle has to stay under 2.2 kB.
 */
export function createTracker({
  collector = '',
  maxEvents = 1_000,
  maxBytes = 500_000,
  batchAfterMs = 100,
}: TrackerOptions = {}): Tracker {
  const url = apiUrl(collector, '/api/events');
  const prefix = `${url} `;
  const callers: Callers = new Map();
  const [sendAll, beacon, waitMs, endBackOff] = createDelivery(url, prefix, callers);
  const [runAfter, runNext] = createQueueLoop(url, sendAll);

  async function track(event: TrackedEvent): Promise<Outcome> {
    const timestamp = new Date();
    const id = eventId(+timestamp);
    let text: string;
    try {
      const { service, user, properties } = event;
      text = JSON.stringify({ id, timestamp, service, user, properties });
    } catch (error) {
      return { is: 'refused', id, code: 'invalid_request', detail: `${error}` };
    }
    const queued: Queued[] = [...first(prefix, maxEvents, Infinity), [id, text]];
    if (queued.length > maxEvents || bytesOf(bodyOf(queued)) > maxBytes)
      return { is: 'refused', id, code: 'queue_full' };
    write(prefix + id, text);
    const outcome = outcomeOf(callers, id);
    waitMs();
    runAfter(batchAfterMs);
    return outcome;
  }

  listen(callers, prefix);
  onPageLife(endBackOff, beacon, runNext);
  runNext();
  return { track };
}
