import { entriesOf } from './store.ts';

/** An event's id and its JSON text. The tracker sends the same text each time. */
export type Queued = readonly [id: string, text: string];

export const bodyOf = (batch: readonly Queued[]): string => `[${batch.map(([, text]) => text)}]`;
export const bytesOf = (text: string): number => new Blob([text]).size;

/** The oldest queued events whose body stays within both bounds; one event at least. */
export function first(
  prefix: string,
  events: number,
  bytes: number,
  among = (_id: string) => true,
): Queued[] {
  const batch: Queued[] = [];
  let body = 2;
  for (const [key, text] of entriesOf(prefix)) {
    const id = key.slice(prefix.length);
    if (!among(id)) continue;
    body += bytesOf(text) + 1;
    if (!batch[0] || (batch.length < events && body <= bytes)) batch.push([id, text]);
  }
  return batch;
}

/** How many events all tabs together keep for this address of the producer. */
export const countQueued = (url: string): number => entriesOf(`${url} `).length;
