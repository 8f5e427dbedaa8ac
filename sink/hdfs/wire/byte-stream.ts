import type { Duplex } from 'node:stream';

/** A socket, or a stream that protects the bytes which go through a socket. */
export type ByteStream = Duplex & { destroySoon(): void };
