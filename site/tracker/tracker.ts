import { eventsUrl } from './address.ts';
import { type Answer, isTooMuch, itemOf, settledBy } from './answer.ts';
import { eventId } from './event-id.ts';
import { exclusively } from './exclusively.ts';
import type { Outcome, Settled } from './outcome.ts';
import { createPause } from './pause.ts';
import { post } from './post.ts';
import { bodyOf, bytesOf, first, hand, onHanded, type Queued } from './queue.ts';
import { write } from './store.ts';

export interface TrackerOptions {
  /** The collector's address; empty: the same origin, below the page's own folder. */
  readonly collector?: string;
  /** Kept at most while they cannot be sent, by all tabs together; what comes then is refused as `queue_full`. */
  readonly maxEvents?: number;
  readonly maxBytes?: number;
  /** From an event to its being sent, for others to come with it. */
  readonly batchAfterMs?: number;
}

export interface TrackedEvent {
  readonly service: string;
  readonly user: string;
  readonly properties?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Tracker {
  /** Keeps an event and sends it; resolves with what is known of it after the first try, and does not reject. */
  track(event: TrackedEvent): Promise<Outcome>;
}

/** How to tell whoever tracked an event. */
type Caller = readonly [settle: (outcome: Settled) => void, postpone: () => void];

const BATCH_EVENTS = 100;
/** Browsers let all keepalive requests and beacons of a page have 64 KiB under way; some of it may be another script's. */
const BATCH_BYTES = 60_000;

/**
 * Owns a page's way to one collector: from `track` an event is *queued* in localStorage until its end is known, and only an
 * answer about this very event ends it (`stored`, `refused`, `ignored`). Whatever else happens (no answer, a time-out, 429,
 * 5xx, a closed tab) leaves it queued, to be sent again with the same id by whoever comes first: this page after a back-off,
 * another tab, or the next visit. One tab at a time sends, and it sends everyone's.
 *
 * What it promises is therefore *at least once, with stable ids*. The collector answers an id that comes again with the first
 * outcome and stores nothing, as long as it is the same process and the window (REPEAT_WINDOW_MS, 10 minutes) is not over:
 * then it is exactly once. Where an answer is lost and the repetition comes later, or to another process, the event is
 * stored twice under one id, and whoever counts events counts ids.
 *
 * A beacon is the case in point: it leaves a page that goes, and nobody can read its answer, nor whether there was one.
 * Rejected: to take it for sent when the browser has queued it (events would be lost, without a word, whenever the network or
 * the collector is away, which is just when the queue is not empty); to drop it once the window is over (the same, later). So
 * it counts as a try without an answer. If the page was only hidden it is repeated a moment later and gets its receipt; if
 * it is gone, the next page of the site repeats it, mostly within seconds. The same holds of a keepalive request.
 *
 * Written in closures, and without what could be done without, for all of it has to stay under 2 kB.
 */
export function createTracker({
  collector = '',
  maxEvents = 1_000,
  maxBytes = 500_000,
  batchAfterMs = 100,
}: TrackerOptions = {}): Tracker {
  const url = eventsUrl(collector, document.baseURI);
  const prefix = `${url} `;
  const [pausedMs, backOff, endBackOff] = createPause(url);
  const callers = new Map<string, Caller>();
  /** The body of a request that outlives the page. */
  let carried = '';
  let batchEvents = BATCH_EVENTS;
  /** Why the last events were not settled; empty where they were. */
  let why = '';
  let timer = 0;
  let runs = Promise.resolve();

  async function track({ service, user, properties }: TrackedEvent): Promise<Outcome> {
    const atMs = Date.now();
    const id = eventId(atMs);
    const timestamp = new Date(atMs).toISOString();
    const event: Queued = [id, JSON.stringify({ id, timestamp, service, user, properties })];
    const queued = [...first(prefix, maxEvents, Infinity), event];
    if (queued.length > maxEvents || bytesOf(bodyOf(queued)) > maxBytes)
      return { is: 'refused', id, code: 'queue_full' };
    write(prefix + id, event[1]);
    const outcome = called(id);
    if (pausedMs() > 0) postpone();
    runAfter(batchAfterMs);
    return outcome;
  }

  function called(id: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const settled = new Promise<Settled>((settle) => {
        const postpone = () => resolve({ is: 'pending', id, code: why || 'paused', settled });
        callers.set(id, [settle, postpone]);
      });
      settled.then(resolve);
    });
  }

  function runAfter(ms: number): void {
    timer ||= setTimeout(runNext, ms);
  }

  /** Whoever runs sooner leaves nothing to a timer: one of a long back-off would hold up what comes after it. */
  function runNext(): void {
    clearTimeout(timer);
    timer = 0;
    runs = runs.then(() => exclusively(url, run));
  }

  /** Sends until nothing is left, or has to wait. */
  async function run(): Promise<void> {
    let batch: Queued[];
    for (;;) {
      batch = first(prefix, batchEvents, BATCH_BYTES);
      if (!batch[0] || pausedMs() > 0) break;
      await send(batch);
    }
    if (!batch[0]) return;
    postpone();
    runAfter(pausedMs());
  }

  async function send(batch: readonly Queued[]): Promise<void> {
    const body = bodyOf(batch);
    // Other scripts may have used the quota up, which looks like a network that is down: hence not after a failure.
    const keepalive = !why && bytesOf(body) <= BATCH_BYTES;
    if (keepalive) carried = body;
    const answer = await post(url, body, keepalive);
    carried = '';
    if (batch[1] && isTooMuch(answer)) batchEvents = batch.length >> 1;
    else take(batch, answer);
  }

  function take(batch: readonly Queued[], answer: Answer): void {
    why = '';
    batch.forEach(([id], i) => {
      const item = itemOf(answer, i);
      const outcome = settledBy(id, item);
      if (outcome) end(outcome);
      else why = item.code ?? `http_${answer.status}`;
    });
    if (why) backOff(answer.retryAfterMs);
    else endBackOff();
  }

  function end(outcome: Settled): void {
    hand(prefix, outcome);
    if (outcome.is === 'refused' && !callers.has(outcome.id)) console.warn('webEvents', outcome);
    tell(outcome);
  }

  function tell(outcome: Settled): void {
    callers.get(outcome.id)?.[0](outcome);
    callers.delete(outcome.id);
  }

  function postpone(): void {
    for (const [, postponed] of callers.values()) postponed();
  }

  /** Of this page's own events alone: others' have a tab of their own, or have waited before. */
  function beacon(): void {
    if (pausedMs() > 0) return;
    const batch = first(prefix, BATCH_EVENTS, BATCH_BYTES, (id) => callers.has(id) && !carried.includes(id));
    if (batch[0] && navigator.sendBeacon(url, bodyOf(batch))) backOff();
  }

  onHanded(prefix, tell);
  addEventListener('online', () => {
    endBackOff();
    runNext();
  });
  addEventListener('pagehide', beacon);
  addEventListener('visibilitychange', () => (document.hidden ? beacon() : runNext()));
  runNext();
  return { track };
}
