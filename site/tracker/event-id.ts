/** Of this page, whichever tracker: keeps the order of events within one millisecond. */
let count = 0;

/**
 * A UUID v7 (RFC 9562, method 1): ids sort as the events happened. `crypto.randomUUID` makes no such one, and is missing in
 * pages that came by plain http.
 */
export function eventId(atMs: number): string {
  const time = hex(atMs, 12);
  const counter = hex(count++ % 4096, 3);
  const random = hex(crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n, 16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-8${random.slice(1, 4)}-${random.slice(4)}`;
}

const hex = (value: number | bigint, digits: number): string => value.toString(16).padStart(digits, '0');
