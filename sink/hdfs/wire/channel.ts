import type { Duplex } from 'node:stream';
import type { ByteReader } from './byte-reader.ts';

/** A socket, or what stands before one and protects what goes through it. */
export type Wire = Duplex & { destroySoon(): void };

/** What is written to, and its one reader. */
export interface Channel {
  readonly socket: Wire;
  readonly reader: ByteReader;
}
