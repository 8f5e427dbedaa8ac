import type { Context } from 'hono';
import type { Call } from '../events/collector.ts';
import { Bots } from './bots.ts';
import { clientAddress, clientKey, type KeptAddress, keptAddress, type Network } from './client-address.ts';

/** What only the adapter of a runtime knows of a request. */
export interface Runtime {
  /** The address at the other end of the connection. */
  readonly peerOf: (c: Context) => string | undefined;
  /**
   * The value of a header, its name in lower case. For a runtime with a quicker way than Request.
   */
  readonly headerOf?: (c: Context, name: string) => string | undefined;
  /** How long the caller goes on waiting, ms; undefined: as long as it takes. */
  readonly remainingMsOf?: (c: Context) => number | undefined;
}

/** What the producer does when a browser sends Global Privacy Control or Do Not Track. */
export type PrivacyPolicy = 'ignore' | 'anonymise' | 'drop';

export interface CallReaderOptions {
  readonly runtime: Runtime;
  readonly privacySignals: PrivacyPolicy;
  readonly keptAddress: KeptAddress;
  readonly trustedProxies: readonly Network[];
  /** Whether the producer needs the client's address although it stores none. */
  readonly tellClientsApart: boolean;
  /** A clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a header that is stored. A header is bytes, and runtimes hand each byte over as one
 * character (Latin-1). Some clients send UTF-8: valid UTF-8 is read as such.
 */
export function headerText(header: string | undefined): string | undefined {
  if (header === undefined || !/^[\0-\xff]*[\x80-\xff][\0-\xff]*$/.test(header)) return header;
  try {
    return UTF_8.decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

type Header = (name: string) => string | undefined;

/** Reads from a request everything that matters to its events, except the events themselves. */
export class CallReader {
  readonly #options: CallReaderOptions;
  readonly #bots = new Bots();

  constructor(options: CallReaderOptions) {
    this.#options = options;
  }

  read(c: Context): Call {
    const { now, runtime } = this.#options;
    const { headerOf } = runtime;
    const header: Header = (name) => (headerOf ? headerOf(c, name) : c.req.header(name));
    const userAgent = headerText(header('user-agent')) ?? null;
    return {
      atMs: now(),
      userAgent,
      bot: this.#bots.has(userAgent),
      ...this.#clientOf(c, header),
      policy: this.#policyOf(header),
      traceparent: readTraceparent(header('traceparent')),
      withinMs: runtime.remainingMsOf?.(c),
    };
  }

  #clientOf(c: Context, header: Header): Pick<Call, 'ip' | 'client'> {
    const { runtime, keptAddress: kept, trustedProxies, tellClientsApart } = this.#options;
    if (kept === 'none' && !tellClientsApart) return { ip: undefined, client: 'any' };
    const address = clientAddress(runtime.peerOf(c), header('x-forwarded-for'), trustedProxies);
    return { ip: keptAddress(address, kept), client: clientKey(address) };
  }

  #policyOf(header: Header): Call['policy'] {
    if (isPrefetch(header)) return 'prefetch';
    const { privacySignals } = this.#options;
    if (privacySignals === 'ignore' || !asksForPrivacy(header)) return 'collect';
    return privacySignals === 'drop' ? 'dropped' : 'anonymise';
  }
}

/**
 * Whether the browser fetches a page that it may never show:
 * https://wicg.github.io/nav-speculation/prefetch.html#sec-purpose-header
 */
function isPrefetch(header: Header): boolean {
  const purpose = header('sec-purpose') ?? header('purpose') ?? header('x-moz');
  return purpose !== undefined && /\bprefetch\b/i.test(purpose);
}

/** https://www.w3.org/TR/gpc/ and https://www.w3.org/TR/tracking-dnt/ */
function asksForPrivacy(header: Header): boolean {
  return header('sec-gpc') === '1' || header('dnt') === '1';
}

/**
 * https://www.w3.org/TR/trace-context/#traceparent-header
 * A later version of the header may have more fields behind the flags.
 */
const TRACEPARENT =
  /^(?!ff)(?:00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}|(?!00)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x21-\x7e]{0,200})?)$/;
const ALL_ZERO = /^..-(?:0{32}-|.{32}-0{16}-)/;

/**
 * Returns the header as it is; undefined without a header, or for one to be ignored by the
 * standard.
 */
export function readTraceparent(header: string | undefined): string | undefined {
  return header !== undefined && TRACEPARENT.test(header) && !ALL_ZERO.test(header) ? header : undefined;
}
