import { once } from 'node:events';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { drip } from './drip.ts';

/** Damages correct bytes. */
export type Damage = (good: Buffer) => Buffer;

const anyBytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));

/** Bytes that are cut, overwritten, inserted, left out, or replaced altogether; huge lengths. */
export const damages: fc.Arbitrary<Damage> = fc.oneof(
  anyBytes(600).map((bytes) => () => bytes),
  fc.nat(600).map((bytes) => (good: Buffer) => good.subarray(0, bytes)),
  fc.tuple(fc.nat(60), anyBytes(6)).map(([at, bytes]) => splice(at, bytes.length, bytes)),
  fc.tuple(fc.nat(60), anyBytes(6)).map(([at, bytes]) => splice(at, 0, bytes)),
  fc.tuple(fc.nat(60), fc.nat(6)).map(([at, length]) => splice(at, length, Buffer.alloc(0))),
  fc
    .tuple(fc.nat(60), fc.integer({ min: 1, max: 12 }))
    .map(([at, length]) => splice(at, length, Buffer.alloc(length, 0xff))),
  fc.constant((good: Buffer) => good),
);

function splice(at: number, length: number, bytes: Buffer): Damage {
  return (good) => Buffer.concat([good.subarray(0, at), bytes, good.subarray(at + length)]);
}

/** How bytes are sent, and what follows them. */
export const deliveries = fc.constantFrom('whole', 'dripped', 'and half-closed', 'and cut', 'for ever');
export type Delivery = typeof deliveries extends fc.Arbitrary<infer Each> ? Each : never;

export function deliver(socket: Socket, bytes: Buffer, how: Delivery): void {
  switch (how) {
    case 'whole':
      socket.write(bytes);
      return;
    case 'dripped':
      void drip(socket, bytes);
      return;
    case 'and half-closed':
      socket.end(bytes);
      return;
    case 'and cut':
      socket.write(bytes, () => socket.resetAndDestroy());
      return;
    case 'for ever':
      void repeat(socket, bytes.length > 0 ? bytes : Buffer.of(0));
  }
}

/** Sends the bytes again and again, as fast as the other side reads them. */
async function repeat(socket: Socket, bytes: Buffer): Promise<void> {
  const many = Buffer.concat(Array.from({ length: Math.ceil(65_536 / bytes.length) }, () => bytes));
  while (!socket.destroyed && socket.writable) {
    if (!socket.write(many))
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
  }
}
