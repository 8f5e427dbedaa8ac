import type { Outcome, Settled } from '../event/outcome.ts';
import { remove, write } from './store.ts';

type Caller = readonly [settle: (outcome: Settled) => void, postpone: (code: string) => void];

/** This page's own events by id, from `track` until the page learns the event's end. */
export type Callers = Map<string, Caller>;

/** Resolves with the event's end, or as pending if the event is postponed first. */
export function outcomeOf(callers: Callers, id: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const settled = new Promise<Settled>((settle) => {
      callers.set(id, [settle, (code) => resolve({ is: 'pending', id, code, settled })]);
    });
    settled.then(resolve);
  });
}

/**
 * Removes an event that has ended from the queue and tells its caller, wherever the caller is. The
 * end is written over the event, so another tab learns it from the storage event of this write.
 * This page gets no such event, so it dispatches one. A second tracker of the page, or a second
 * copy of this script, may have tracked the event.
 */
export function end(callers: Callers, prefix: string, outcome: Settled): void {
  const key = prefix + outcome.id;
  const newValue = JSON.stringify(outcome);
  if (outcome.is === 'refused' && !callers.has(outcome.id)) console.warn('webEvents', outcome);
  // A full storage takes the end once the event has left it.
  remove(key);
  write(key, newValue);
  remove(key);
  dispatchEvent(new StorageEvent('storage', { key, newValue }));
}

/** Tells the callers every end that this page or another tab learns. */
export function listen(callers: Callers, prefix: string): void {
  addEventListener('storage', ({ key, newValue }) => {
    if (!key?.startsWith(prefix) || !newValue?.startsWith('{"is')) return;
    const outcome: Settled = JSON.parse(newValue);
    callers.get(outcome.id)?.[0](outcome);
    callers.delete(outcome.id);
  });
}
