import type { Answer } from '../event/answer.ts';

export const BATCH_EVENTS = 100;
/**
 * Browsers allow 64 KiB under way for all keepalive requests and beacons of a page together. Other
 * scripts of the page may use a part of it. A quota that is used up looks like a network that is
 * down.
 */
export const BATCH_BYTES = 60_000;

/** The batch may be too large for this producer, in events or in bytes. */
export const isTooMuch = ({ body }: Answer): boolean => /^4(00|13)/.test(`${body.status}`) && !body.events;
