import type { DescMessage, MessageValidType } from '@bufbuild/protobuf';
import type { ByteStream } from './byte-stream.ts';
import { decode, readVarint, type Varint } from './delimited.ts';
import { connectionLost, protocolError } from './errors.ts';

/** The reader pauses the socket when it holds more than this and nobody waits for bytes. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** Far above the length of any message of the data-transfer protocol. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

interface Waiting {
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Reads a socket in pieces of known length, one read at a time.
 *
 * A read resolves, or rejects when the socket has ended or was destroyed. The caller sets the
 * deadline of a read by destroying the socket. The reader holds at most the piece that was asked
 * for and `HIGH_WATER_BYTES`.
 */
export class ByteReader {
  readonly #socket: ByteStream;
  readonly #what: string;
  #chunks: Buffer[] = [];
  #held = 0;
  #waiting: Waiting | undefined;
  #failure: Error | undefined;

  /** @param what name of the other side in error messages */
  constructor(socket: ByteStream, what: string) {
    this.#socket = socket;
    this.#what = what;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('end', () => this.#fail(connectionLost(what, { code: 'ECONNRESET' })));
    socket.on('error', (error) => this.#fail(connectionLost(what, error)));
    socket.on('close', () => this.#fail(connectionLost(what, undefined)));
  }

  /** @throws {HdfsError} `connection` */
  async read(bytes: number): Promise<Buffer> {
    if (this.#held < bytes) await this.#until(bytes);
    return this.#give(bytes);
  }

  /** Reads a message with its length before it. @throws {HdfsError} `connection`, `protocol` */
  async message<Desc extends DescMessage>(schema: Desc): Promise<MessageValidType<Desc>> {
    return decode(schema, await this.delimited(schema));
  }

  /** Reads the bytes of a message without its length. @throws {HdfsError} as `message` */
  async delimited(schema: DescMessage): Promise<Buffer> {
    let begin = this.#prefix();
    while (begin === undefined) {
      await this.#until(this.#held + 1);
      begin = this.#prefix();
    }
    const { length, value } = begin;
    if (value > MAX_MESSAGE_BYTES)
      throw protocolError(`${this.#what}: ${schema.name} of ${value} bytes`, 'TooLong');
    if (this.#held < length + value) await this.#until(length + value);
    return this.#give(length + value).subarray(length);
  }

  /** The length of the next message; undefined while its bytes are incomplete. */
  #prefix(): Varint | undefined {
    return this.#held === 0 ? undefined : readVarint(this.#all(), 0);
  }

  /** Resolves when the reader holds this many bytes. */
  #until(bytes: number): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting = { bytes, resolve, reject };
      this.#socket.resume();
    });
  }

  /** Reads all bytes that have come, at least one. @throws {HdfsError} `connection` */
  async readSome(): Promise<Buffer> {
    const first = await this.read(1);
    return this.#held === 0 ? first : Buffer.concat([first, this.#give(this.#held)]);
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    const waiting = this.#waiting;
    if (waiting !== undefined && this.#held >= waiting.bytes) {
      this.#waiting = undefined;
      waiting.resolve();
    } else if (waiting === undefined && this.#held > HIGH_WATER_BYTES) this.#socket.pause();
  }

  #all(): Buffer {
    const [first] = this.#chunks;
    const all = this.#chunks.length > 1 || first === undefined ? Buffer.concat(this.#chunks) : first;
    this.#chunks = [all];
    return all;
  }

  #give(bytes: number): Buffer {
    const all = this.#all();
    this.#held -= bytes;
    this.#chunks = this.#held > 0 ? [all.subarray(bytes)] : [];
    return all.subarray(0, bytes);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  }
}
