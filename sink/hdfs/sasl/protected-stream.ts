import { Duplex } from 'node:stream';
import { ByteReader } from '../wire/byte-reader.ts';
import type { Channel } from '../wire/channel.ts';
import type { Protection } from './digest-protection.ts';

/** How sealed messages stand one behind the other on the wire. */
export interface Envelope {
  enclose(sealed: Buffer): Buffer;
  /** The next one that comes. @throws {HdfsError} */
  next(reader: ByteReader): Promise<Buffer>;
}

/**
 * What is written to it goes out sealed, and what came sealed is read from it open. It ends with the first message that
 * is not what the other side sealed, and, where it is read or written, with what is beneath it.
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

  /** As a socket has it. */
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

/** The same channel with protection. @param what the other side */
export function protect(
  channel: Channel,
  { protection, envelope }: { readonly protection: Protection; readonly envelope: Envelope },
  what: string,
): Channel {
  const socket = new ProtectedStream(channel, protection, envelope);
  return { socket, reader: new ByteReader(socket, what) };
}
