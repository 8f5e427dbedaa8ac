import { describe, expect, it } from 'vitest';
import {
  clientAddress,
  clientKey,
  keptAddress,
  parseNetwork,
} from '../../../../producer/http/client-address.ts';

const PROXIES = ['10.0.0.0/8', '::1'].map(parseNetwork);
const addressOf = (peer?: string, forwardedFor?: string) => clientAddress(peer, forwardedFor, PROXIES);

describe("the client's address", () => {
  it.each([
    ['192.0.2.1', undefined, '192.0.2.1', 'of the connection'],
    ['192.0.2.1', '198.51.100.1', '192.0.2.1', 'of the connection, whatever an untrusted peer says'],
    ['10.0.0.1', '198.51.100.1', '198.51.100.1', 'what a trusted proxy says'],
    ['10.0.0.1', '203.0.113.9, 198.51.100.1', '198.51.100.1', 'not what the client said before it'],
    ['10.0.0.1', '198.51.100.1, 10.0.0.2', '198.51.100.1', 'before a chain of trusted proxies'],
    ['10.0.0.1', '10.0.0.3', '10.0.0.3', 'the first proxy, where nobody else is named'],
    ['10.0.0.1', 'unknown', '10.0.0.1', 'the last that is known'],
    ['10.0.0.1', '198.51.100.1, _hidden, 10.0.0.2', '10.0.0.2', 'nothing left of what is no address'],
    ['::ffff:10.0.0.1', '2001:db8::1', '2001:db8::1', 'through a dual-stack socket'],
    ['::1', '198.51.100.1', '198.51.100.1', 'what a trusted proxy of IPv6 says'],
    [undefined, '198.51.100.1', undefined, 'unknown where there is no peer'],
    ['10.0.0.1', '203.0.113.7:5678', '203.0.113.7', 'a proxy may write the port, too'],
    ['10.0.0.1', '[2001:db8::7]:5678', '2001:db8::7', 'of either kind'],
  ])('%s with X-Forwarded-For %s is %s: %s', (peer, forwardedFor, expected, _) => {
    expect(addressOf(peer, forwardedFor)?.toString()).toBe(expected);
  });

  it.each([
    ['192.0.2.77', 'none', undefined],
    ['192.0.2.77', 'truncated', '192.0.2.0'],
    ['192.0.2.77', 'full', '192.0.2.77'],
    ['2001:db8:1:2:3:4:5:6', 'truncated', '2001:db8:1::'],
    ['2001:db8:1:2:3:4:5:6', 'full', '2001:db8:1:2:3:4:5:6'],
    [undefined, 'full', undefined],
  ] as const)('%s is kept %s as %s', (peer, kept, expected) => {
    expect(keptAddress(addressOf(peer), kept)).toBe(expected);
  });

  it.each([
    ['192.0.2.77', '192.0.2.77'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
    [undefined, 'unknown'],
  ])('%s is told apart as %s', (peer, key) => {
    expect(clientKey(addressOf(peer))).toBe(key);
  });
});

describe('a trusted network', () => {
  it.each(['10.0.0.0/8', '10.1.2.3', '::1', '2001:db8::/32', '::ffff:10.0.0.1'])('may be %s', (text) => {
    expect(() => parseNetwork(text)).not.toThrow();
  });

  it.each([
    '10/8',
    '10',
    '10.0.0/24',
    '010.0.0.1',
    '0x0a000001',
    '10.0.0.0/33',
    '::1/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/+8',
    'localhost',
    '',
  ])('is refused where it is written as %j', (text) => {
    expect(() => parseNetwork(text)).toThrow();
  });

  it.each(['10', '0x7f000001', '127.1', '010.0.0.1'])(
    'is left where a proxy claims %j for a client',
    (hop) => {
      expect(addressOf('10.0.0.1', hop)?.toString()).toBe('10.0.0.1');
    },
  );
});
