import type { ByteReader } from './byte-reader.ts';
import type { ByteStream } from './byte-stream.ts';

/** A connection: the stream to write to, and the one reader of that stream. */
export interface Channel {
  readonly socket: ByteStream;
  readonly reader: ByteReader;
}
