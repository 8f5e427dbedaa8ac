/** Keeps the order of ids made within one millisecond. All trackers of the page share it. */
let count = 0;

/**
 * A UUID v7 (RFC 9562, sections 5.7 and 6.2, method 1): ids sort in the order in which the events
 * happened. `atMs` is the time in milliseconds since the epoch. A clock before 2005 counts as 2005,
 * and a clock after 2527 counts as 2527.
 * `crypto.randomUUID` makes version 4, and browsers hide it from pages that came by plain http.
 */
export function eventId(atMs: number): string {
  const versionAndCount = 0x7000 + (count++ % 4096);
  const [random = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  const variantAndRandom = (2n << 62n) + BigInt.asUintN(62, random);
  const time = Math.min(2 ** 44 - 1, Math.max(2 ** 40, atMs)).toString(16);
  const digits = `0${time}${versionAndCount.toString(16)}${variantAndRandom.toString(16)}`;
  return digits.replace(/^.{8}|.{4}(?=.{12})/g, '$&-');
}
