import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = readonly [Address, number];

/** How much of a client's address is stored. */
export type KeptAddress = 'none' | 'truncated' | 'full';

/** What is left of an address that is truncated: a /24 of IPv4, a /48 of IPv6, each far more than one household. */
const KEPT_BITS = { ipv4: 24, ipv6: 48 } as const;
/** What one client of IPv6 has to itself, and so what its rate is counted by. */
const CLIENT_BITS = 64;

/** An address, or a network in CIDR notation. @throws where it is neither */
export function parseNetwork(text: string): Network {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/**
 * The client's address: that of the connection, or where it is a trusted proxy's, the last one in X-Forwarded-For that is
 * not a trusted proxy's itself. What stands further left was said by the client and may be a lie.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: readonly Network[],
): Address | undefined {
  const hops = [...(forwardedFor?.split(',') ?? []), peer ?? ''];
  let client: Address | undefined;
  for (const hop of hops.reverse()) {
    const address = parse(hop.trim());
    if (address === undefined) return client;
    client = address;
    if (!isTrusted(address, trusted)) return client;
  }
  return client;
}

/** As it is stored. */
export function keptAddress(address: Address | undefined, kept: KeptAddress): string | undefined {
  if (address === undefined || kept === 'none') return undefined;
  return kept === 'full' ? address.toString() : networkOf(address, KEPT_BITS[address.kind()]);
}

/** By what a client is told from another. */
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

/** As some proxies write it: `192.0.2.7:5678`, `[2001:db8::7]:5678`. */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/;

/** `process` makes of an IPv4-mapped IPv6 address, as a dual-stack socket gives it, the IPv4 one. */
function parse(text: string): Address | undefined {
  const [, v6, v4] = WITH_PORT.exec(text) ?? [];
  const address = v6 ?? v4 ?? text;
  return ipaddr.isValid(address) ? ipaddr.process(address) : undefined;
}

function isTrusted(address: Address, trusted: readonly Network[]): boolean {
  return trusted.some((network) => address.kind() === network[0].kind() && address.match([...network]));
}
