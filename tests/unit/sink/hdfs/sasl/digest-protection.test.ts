import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Keys, opener, protectionOf, sealer } from '../../../../../sink/hdfs/sasl/digest-protection.ts';
import { HdfsError } from '../../../../../sink/hdfs/wire/errors.ts';

const WAYS: readonly [string, Keys][] = [
  ['signed', { signing: randomBytes(16), sealing: undefined }],
  ['encrypted', { signing: randomBytes(16), sealing: randomBytes(16) }],
];
const message = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

test.each(WAYS)('messages that are %s are opened unchanged, one by one', (_, keys) => {
  const check = fc.property(fc.array(message), (messages) => {
    const [seal, open] = [sealer(keys), opener(keys)];
    expect(messages.map((bytes) => open(seal(bytes)))).toEqual(messages);
  });
  fc.assert(check);
});

test.each(WAYS)('a message that is %s is refused after the change of any bit', (_, keys) => {
  const check = fc.property(message, fc.nat(), (bytes, where) => {
    const sealed = sealer(keys)(bytes);
    const at = where % (8 * sealed.length);
    sealed[at >> 3] = (sealed[at >> 3] ?? 0) ^ (1 << (at & 7));
    expect(() => opener(keys)(sealed)).toThrow(HdfsError);
  });
  fc.assert(check);
});

test.each(WAYS)(
  'a message that is %s is refused when it is repeated, or a message before it is missing',
  (_, keys) => {
    const seal = sealer(keys);
    const [first, second] = [seal(Buffer.from('first')), seal(Buffer.from('second'))];
    const open = opener(keys);
    open(first);
    expect(() => open(first)).toThrow(HdfsError);
    expect(() => opener(keys)(second)).toThrow(HdfsError);
  },
);

test.each(WAYS)('bytes of any length that were not %s are refused', (_, keys) => {
  const check = fc.property(message, (bytes) => {
    expect(() => opener(keys)(bytes)).toThrow(HdfsError);
  });
  fc.assert(check);
});

test('an encrypted message does not contain the message, and the same message is encrypted differently', () => {
  const seal = sealer(WAYS[1]?.[1] as Keys);
  const bytes = Buffer.from('sixteen bytes of');
  const [first, second] = [seal(bytes), seal(bytes)];
  expect(first.includes(bytes)).toBe(false);
  expect(first.subarray(0, 8)).not.toEqual(second.subarray(0, 8));
});

test.each(['auth-int', 'auth-conf'] as const)(
  'with %s a sealed message is not too long for the other side',
  (qop) => {
    const { seal, maxMessageBytes } = protectionOf(randomBytes(16), qop, 1024);
    expect(seal(Buffer.alloc(maxMessageBytes)).length).toBeLessThanOrEqual(1024);
  },
);

test.each([0, -1, 24, Number.NaN])('a server with a buffer of %s bytes is refused', (bytes) => {
  expect(() => protectionOf(randomBytes(16), 'auth-int', bytes)).toThrow(HdfsError);
});
