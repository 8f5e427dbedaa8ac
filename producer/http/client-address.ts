import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = readonly [Address, number];

/** The part of a client's address that the producer stores. */
export type KeptAddress = 'none' | 'truncated' | 'full';

/** The bits that stay of a truncated address. A /24 of IPv4 or a /48 of IPv6 is many households. */
const KEPT_BITS = { ipv4: 24, ipv6: 48 } as const;
/** One client of IPv6 has a /64 to itself, so the rate limit counts by /64. */
const CLIENT_BITS = 64;

/**
 * Reads an address, or a network in CIDR notation.
 *
 * @throws {Error} where the text is neither
 */
export function parseNetwork(text: string): Network {
  const [written = '', bits, surplus] = text.split('/');
  const address = parseStrictly(written);
  const longest = address?.kind() === 'ipv4' ? 32 : 128;
  const isLength = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
  if (!address || !isLength || surplus !== undefined) throw new Error(`${text} is no address and no network`);
  return [address, Number(bits ?? longest)];
}

/**
 * The client's address. It is the address of the connection, unless a trusted proxy made the
 * connection. Then it is the last address in X-Forwarded-For that is no trusted proxy's. The client
 * itself may have written the addresses further left, and they may be lies.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: readonly Network[],
): Address | undefined {
  const hops = [...(forwardedFor?.split(',') ?? []), peer ?? ''];
  let client: Address | undefined;
  for (const hop of hops.reverse()) {
    const address = parseAddress(hop.trim());
    if (address === undefined) return client;
    client = address;
    if (!isTrusted(address, trusted)) return client;
  }
  return client;
}

/** The address as the producer stores it. */
export function keptAddress(address: Address | undefined, kept: KeptAddress): string | undefined {
  if (address === undefined || kept === 'none') return undefined;
  return kept === 'full' ? address.toString() : networkOf(address, KEPT_BITS[address.kind()]);
}

/** Tells one client from another, for the rate limit. */
export function clientKey(address: Address | undefined): string {
  if (address === undefined) return 'unknown';
  return address.kind() === 'ipv4' ? address.toString() : networkOf(address, CLIENT_BITS);
}

function networkOf(address: Address, bits: number): string {
  const cidr = `${address.toString()}/${bits}`;
  return address.kind() === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(cidr).toString();
}

/** An address as some proxies write it: `192.0.2.7:5678`, `[2001:db8::7]:5678`. */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/;

/**
 * A dual-stack socket gives IPv4-mapped IPv6 addresses, of which `process` makes IPv4 addresses.
 */
function parseAddress(text: string): Address | undefined {
  const [, v6, v4] = WITH_PORT.exec(text) ?? [];
  return parseStrictly(v6 ?? v4 ?? text);
}

/**
 * Reads no address that is written in an old way: to `ipaddr.js` "10" is 0.0.0.10, and "010" is
 * octal.
 */
function parseStrictly(text: string): Address | undefined {
  return isIP(text) === 0 ? undefined : ipaddr.process(text);
}

function isTrusted(address: Address, trusted: readonly Network[]): boolean {
  return trusted.some((network) => address.kind() === network[0].kind() && address.match([...network]));
}
