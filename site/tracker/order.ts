import { BATCH_BYTES } from './batch.ts';
import { first, type Queued } from './queue.ts';

/**
 * Owns the order in which events go. Where a firewall or a proxy refuses a batch, all other events
 * go before its events. Then the oldest goes alone, so that the others do not wait for an event
 * that never passes.
 */
export function createOrder(prefix: string) {
  const shunned = new Set<string>();

  /** The next batch, of so many events at most. It is empty only where the queue is. */
  function next(events: number): Queued[] {
    const batch = first(prefix, events, BATCH_BYTES, (id) => !shunned.has(id));
    if (batch[0]) return batch;
    shunned.clear();
    return first(prefix, 1, 0);
  }

  return [next, (id: string) => shunned.add(id)] as const;
}
