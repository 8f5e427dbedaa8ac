import type { Settled } from './outcome.ts';
import { keysOf, read, remove, write } from './store.ts';

/** An event's id, and the JSON text that is sent of it, the same each time. */
export type Queued = readonly [id: string, text: string];

export const bodyOf = (batch: readonly Queued[]): string => `[${batch.map(([, text]) => text)}]`;
export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** The oldest that make no larger body, but at least one. */
export function first(
  prefix: string,
  events: number,
  bytes: number,
  among = (_id: string) => true,
): Queued[] {
  const batch: Queued[] = [];
  let body = 2;
  for (const key of keysOf(prefix)) {
    const id = key.slice(prefix.length);
    const text = read(key);
    if (!text || !among(id)) continue;
    body += bytesOf(text) + 1;
    if (!batch[0] || (batch.length < events && body <= bytes)) batch.push([id, text]);
  }
  return batch;
}

/** Removes an event that has ended; the tab it is of learns its end from what is written over it. */
export function hand(prefix: string, outcome: Settled): void {
  write(prefix + outcome.id, JSON.stringify(outcome));
  remove(prefix + outcome.id);
}

/** Calls with every end that another tab hands over. */
export function onHanded(prefix: string, take: (outcome: Settled) => void): void {
  addEventListener('storage', ({ key, newValue }) => {
    if (key?.startsWith(prefix) && newValue?.startsWith('{"is')) take(JSON.parse(newValue));
  });
}
