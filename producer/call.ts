import type { Context } from 'hono';
import { Bots } from './bots.ts';
import { clientAddress, clientKey, type Kept, keptAddress, type Network } from './client-address.ts';
import type { Call } from './collector.ts';

/** What only the adapter knows of a request. */
export interface Runtime {
  /** The address at the other end of the connection. */
  readonly peerOf: (c: Context) => string | undefined;
  /** How long whoever calls goes on waiting, ms; undefined: as long as it takes. */
  readonly remainingMsOf?: (c: Context) => number | undefined;
}

/** What is done where a browser asks not to be tracked, by Global Privacy Control or Do Not Track. */
export type PrivacyPolicy = 'ignore' | 'anonymise' | 'drop';

export interface CallReaderOptions {
  readonly runtime: Runtime;
  readonly privacySignals: PrivacyPolicy;
  readonly keptAddress: Kept;
  readonly trustedProxies: readonly Network[];
  /** Whether it matters who calls, though the address is not stored. */
  readonly tellClientsApart: boolean;
  /** The clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** Reads from a request all that matters to its events besides the events. */
export class CallReader {
  readonly #options: CallReaderOptions;
  readonly #bots = new Bots();

  constructor(options: CallReaderOptions) {
    this.#options = options;
  }

  read(c: Context): Call {
    const { now, runtime } = this.#options;
    const userAgent = c.req.header('user-agent') ?? null;
    return {
      atMs: now(),
      userAgent,
      bot: this.#bots.has(userAgent),
      ...this.#clientOf(c),
      policy: this.#policyOf(c),
      traceparent: traceparent(c.req.header('traceparent')),
      withinMs: runtime.remainingMsOf?.(c),
    };
  }

  #clientOf(c: Context): Pick<Call, 'ip' | 'client'> {
    const { runtime, keptAddress: kept, trustedProxies, tellClientsApart } = this.#options;
    if (kept === 'none' && !tellClientsApart) return { ip: undefined, client: 'any' };
    const address = clientAddress(runtime.peerOf(c), c.req.header('x-forwarded-for'), trustedProxies);
    return { ip: keptAddress(address, kept), client: clientKey(address) };
  }

  #policyOf(c: Context): Call['policy'] {
    if (isPrefetch(c)) return 'prefetch';
    const { privacySignals } = this.#options;
    if (privacySignals === 'ignore' || !asksForPrivacy(c)) return 'collect';
    return privacySignals === 'drop' ? 'dropped' : 'anonymise';
  }
}

/** A page that a browser only may show: https://wicg.github.io/nav-speculation/prefetch.html#sec-purpose-header */
function isPrefetch(c: Context): boolean {
  const purpose = c.req.header('sec-purpose') ?? c.req.header('purpose') ?? c.req.header('x-moz');
  return purpose !== undefined && /\bprefetch\b/i.test(purpose);
}

/** https://www.w3.org/TR/gpc/ and https://www.w3.org/TR/tracking-dnt/ */
function asksForPrivacy(c: Context): boolean {
  return c.req.header('sec-gpc') === '1' || c.req.header('dnt') === '1';
}

/** https://www.w3.org/TR/trace-context/#traceparent-header; a later version may have more behind its flags. */
const TRACEPARENT =
  /^(?!ff)(?:00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}|(?!00)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x21-\x7e]{0,200})?)$/;
const ALL_ZERO = /^..-(?:0{32}-|.{32}-0{16}-)/;

/** undefined where there is none, or one that must be ignored. */
export function traceparent(header: string | undefined): string | undefined {
  return header !== undefined && TRACEPARENT.test(header) && !ALL_ZERO.test(header) ? header : undefined;
}
