import type { Socket } from 'node:net';
import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';

/** The bytes that a fake has read from a socket. It shares no code with the library's reader. */
export class Incoming {
  #bytes = Buffer.alloc(0);
  #more = () => {};
  #ended = false;

  constructor(socket: Socket) {
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#more();
    });
    for (const event of ['end', 'close']) {
      socket.once(event, () => {
        this.#ended = true;
        this.#more();
      });
    }
  }

  /** Takes this many bytes; undefined where the socket ends before. */
  async take(bytes: number): Promise<Buffer | undefined> {
    while (this.#bytes.length < bytes) {
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#more = resolve;
      });
    }
    const taken = this.#bytes.subarray(0, bytes);
    this.#bytes = this.#bytes.subarray(bytes);
    return taken;
  }

  /** Takes a message with its length before it. */
  async message<Desc extends DescMessage>(schema: Desc): Promise<MessageShape<Desc> | undefined> {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = (await this.take(1))?.[0];
      if (byte === undefined) return undefined;
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const bytes = await this.take(length);
    return bytes && fromBinary(schema, bytes);
  }
}
