import { Duplex } from 'node:stream';
import { ByteReader } from '../wire/byte-reader.ts';
import type { Channel } from '../wire/channel.ts';
import type { Protection } from './digest-protection.ts';

/** How sealed messages are delimited on the wire. */
export interface Envelope {
  enclose(sealed: Buffer): Buffer;
  /** Reads the next sealed message. @throws {HdfsError} */
  next(reader: ByteReader): Promise<Buffer>;
}

/**
 * Seals all bytes that are written to it, and opens the sealed messages of the other side for its
 * reader. The stream is destroyed at the first message that the other side did not seal. It also
 * ends, at the next read or write, when the channel beneath it has ended.
 */
export class ProtectedStream extends Duplex {
  readonly #beneath: Channel;
  readonly #protection: Protection;
  readonly #envelope: Envelope;

  constructor(beneath: Channel, protection: Protection, envelope: Envelope) {
    super();
    this.#beneath = beneath;
    this.#protection = protection;
    this.#envelope = envelope;
  }

  /** The method of the same name of a `net.Socket`. */
  destroySoon(): void {
    this.end(() => this.destroy());
  }

  override _read(): void {
    this.#envelope.next(this.#beneath.reader).then(
      (sealed) => this.#pushOpened(sealed),
      (error: Error) => this.destroy(error),
    );
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#beneath.socket.destroy();
    done(error);
  }

  #send(message: Buffer, done: (error?: Error | null) => void): void {
    const { maxMessageBytes } = this.#protection;
    const parts: Buffer[] = [];
    for (let at = 0; at < message.length; at += maxMessageBytes) {
      const sealed = this.#protection.seal(message.subarray(at, at + maxMessageBytes));
      parts.push(this.#envelope.enclose(sealed));
    }
    this.#beneath.socket.write(Buffer.concat(parts), done);
  }

  #pushOpened(sealed: Buffer): void {
    try {
      this.push(this.#protection.open(sealed));
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** Adds protection to a channel. @param what name of the other side in error messages */
export function protect(
  channel: Channel,
  { protection, envelope }: { readonly protection: Protection; readonly envelope: Envelope },
  what: string,
): Channel {
  const socket = new ProtectedStream(channel, protection, envelope);
  return { socket, reader: new ByteReader(socket, what) };
}
