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
 * Removes an event that has ended from the queue and tells its caller. The end is written over the
 * event first: the tab that tracked the event learns it from the storage event of this write.
 */
export function end(callers: Callers, prefix: string, outcome: Settled): void {
  const key = prefix + outcome.id;
  write(key, JSON.stringify(outcome));
  remove(key);
  if (outcome.is === 'refused' && !callers.has(outcome.id)) console.warn('webEvents', outcome);
  tell(callers, outcome);
}

/** Tells the callers every end that another tab learns. */
export function listen(callers: Callers, prefix: string): void {
  addEventListener('storage', ({ key, newValue }) => {
    if (key?.startsWith(prefix) && newValue?.startsWith('{"is')) tell(callers, JSON.parse(newValue));
  });
}

function tell(callers: Callers, outcome: Settled): void {
  callers.get(outcome.id)?.[0](outcome);
  callers.delete(outcome.id);
}
