import { type Answer, codeOf, isRefusal, settledBy } from '../event/answer.ts';
import { exchange } from '../event/exchange.ts';
import { BATCH_BYTES, BATCH_EVENTS, isTooMuch } from './batch.ts';
import { type Callers, end } from './callers.ts';
import { createOrder } from './order.ts';
import { createPause } from './pause.ts';
import { bodyOf, bytesOf, first, type Queued } from './queue.ts';

/**
 * Owns how queued events go to the producer: which events make a batch, and how the batch is sent.
 * It also owns what an answer means for each event, and when the producer may be asked again.
 */
export function createDelivery(url: string, prefix: string, callers: Callers) {
  const [pausedMs, backOff, endBackOff] = createPause(url);
  const [next, shun] = createOrder(prefix);
  /** The body of a request that outlives the page. */
  let carried = '';
  let batchEvents = BATCH_EVENTS;
  /** Why the last answer left events in the queue; empty where it left none. */
  let why = '';

  /** How long the tracker pauses, in milliseconds. This page's callers then learn "pending". */
  function waitMs(): number {
    const ms = pausedMs();
    if (ms > 0) for (const [, postpone] of callers.values()) postpone(why || 'paused');
    return ms;
  }

  /** Sends until the queue is empty (0) or the tracker pauses (for how long, in milliseconds). */
  async function sendAll(): Promise<number> {
    for (;;) {
      const [oldest] = first(prefix, 1, 0);
      const ms = oldest ? waitMs() : 0;
      if (!oldest || ms > 0) return ms;
      await send(next(batchEvents));
    }
  }

  async function send(batch: readonly Queued[]): Promise<void> {
    const body = bodyOf(batch);
    // A failure may have been the quota of keepalive: the next request goes without.
    if (!why && bytesOf(body) <= BATCH_BYTES) carried = body;
    // A string goes as text/plain, which needs no preflight.
    const answer = await exchange(url, { method: 'POST', body, keepalive: !!carried });
    carried = '';
    if (batch[1] && isTooMuch(answer)) batchEvents = batch.length >> 1;
    else take(batch, answer);
  }

  function take(batch: readonly Queued[], answer: Answer): void {
    why = '';
    for (const [i, [id]] of batch.entries()) {
      const item = answer.body.events?.[i] ?? answer.body;
      const outcome = settledBy(id, item, answer.body);
      if (outcome) end(callers, prefix, outcome);
      else why = codeOf(item);
      if (!outcome && isRefusal(item)) shun(id);
    }
    if (why) backOff(answer.retryAfterMs);
    else endBackOff();
  }

  /** Sends this page's own events, because the page goes. A beacon counts as a failed try. */
  function beacon(): void {
    if (pausedMs() > 0) return;
    // Other tabs send their own events, and events of earlier visits have waited before.
    const batch = first(prefix, BATCH_EVENTS, BATCH_BYTES, (id) => callers.has(id) && !carried.includes(id));
    if (batch[0] && navigator.sendBeacon(url, bodyOf(batch))) backOff();
  }

  return [sendAll, beacon, waitMs, endBackOff] as const;
}
