import { setTimeout as delay } from 'node:timers/promises';
import { LONGEST_LINE_BYTES } from '../../ledger/line.ts';
import { FileSystemError } from '../../storage/errors.ts';
import type { FileSystem } from '../../storage/file-system.ts';
import { LineSplitter } from './line-splitter.ts';
import type { StoredFile } from './stored-file.ts';

export interface FileReaderOptions {
  readonly files: FileSystem;
  /** Finds the present path of a file by its id. Resolves with undefined where the file is gone. */
  readonly find: (file: StoredFile) => Promise<StoredFile | undefined>;
  /** How long the reader retries a failed request, ms. The default is 90,000. */
  readonly retryForMs?: number;
}

/** The end of a file, after all of it was read. */
export interface FileEnd {
  /** The file as it was at the end: under another name, where it was published meanwhile. */
  readonly file: StoredFile;
  /** Bytes after the last line feed. */
  readonly restBytes: number;
}

const CHUNK_BYTES = 1_048_576;
/**
 * The replica of an open file can be out of reach for half a minute during an append. A file whose
 * writer died can be out of reach for a minute.
 */
const RETRY_FOR_MS = 90_000;
const BACK_OFF_MS = { first: 100, last: 4_000 };
/** Readers see a part of an append that crosses a block before the append has ended. */
const REST_READS = 5;
const REST_PAUSE_MS = 300;

/**
 * Reads one file line by line, a chunk ahead of its caller. A sink may write on meanwhile: the file
 * may grow, lose a torn line, or be renamed. The reader hands out complete lines only, which no
 * sink ever changes. After a failure it begins again after the last complete line.
 */
export class FileReader {
  readonly #options: FileReaderOptions;
  readonly #splitter = new LineSplitter();
  #file: StoredFile;
  /** The place after the last complete line that was handed out. */
  #complete = 0;

  constructor(file: StoredFile, options: FileReaderOptions) {
    this.#file = file;
    this.#options = options;
  }

  /**
   * Yields the lines of each chunk, and returns the end of the file.
   *
   * @throws {FileSystemError} where retries did not help
   */
  async *read(): AsyncGenerator<readonly Buffer[], FileEnd> {
    await this.#withRetries(() => this.#refresh());
    for (let reads = 0; ; ) {
      const before = this.#complete;
      yield* this.#readToEnd();
      if (this.#complete > before) reads = 0;
      const restBytes = this.#splitter.carriedBytes;
      const mayEnd = restBytes > 0 && restBytes <= LONGEST_LINE_BYTES && this.#file.last === undefined;
      if (!mayEnd || reads === REST_READS) {
        return { file: this.#file, restBytes };
      }
      reads += 1;
      await delay(REST_PAUSE_MS);
      await this.#withRetries(() => this.#refresh());
    }
  }

  /** Reads up to the length that is known so far. */
  async *#readToEnd(): AsyncGenerator<readonly Buffer[], void> {
    this.#splitter.reset();
    let at = this.#complete;
    let next = this.#fetch(at);
    for (;;) {
      const chunk = await next;
      if (chunk === undefined) {
        // The file has changed, so the reader begins again.
        this.#splitter.reset();
        at = this.#complete;
        next = this.#fetch(at);
        continue;
      }
      if (chunk.length === 0) return;
      at += chunk.length;
      next = this.#fetch(at);
      // The next `await` takes a failure, unless the caller reads no further.
      next.catch(() => undefined);
      const lines = this.#splitter.split(chunk);
      this.#complete = at - this.#splitter.carriedBytes;
      yield lines;
    }
  }

  /**
   * Resolves with an empty chunk at the end of the file. Resolves with undefined where the file has
   * changed, so the bytes after the last complete line may have changed, too.
   */
  #fetch(at: number): Promise<Buffer | undefined> {
    let failed = false;
    return this.#withRetries(async () => {
      if (failed && (await this.#refresh())) return undefined;
      failed = true;
      const { path, bytes } = this.#file;
      const length = Math.min(CHUNK_BYTES, bytes - at);
      if (length <= 0) return Buffer.alloc(0);
      return this.#options.files.read(path, at, length);
    });
  }

  /** Retries failed work, with back-off. @throws {FileSystemError} the last failure */
  async #withRetries<T>(work: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + (this.#options.retryForMs ?? RETRY_FOR_MS);
    for (let pauseMs = BACK_OFF_MS.first; ; pauseMs = Math.min(pauseMs * 2, BACK_OFF_MS.last)) {
      try {
        return await work();
      } catch (error) {
        const mayPass = error instanceof FileSystemError && error.kind !== 'refused';
        if (!mayPass || performance.now() > deadline) throw error;
      }
      await delay(pauseMs);
    }
  }

  /** Asks for the present path and length. Resolves with true where the length has changed. */
  async #refresh(): Promise<boolean> {
    const before = this.#file.bytes;
    this.#file = await this.#status();
    return this.#file.bytes !== before;
  }

  async #status(): Promise<StoredFile> {
    const file = this.#file;
    const status = await this.#options.files.status(file.path);
    if (status && (status.id ?? file.id) === file.id) return { ...file, bytes: status.bytes };
    // A sink has claimed or published the file, or an operator has deleted it.
    const found = await this.#options.find(file);
    return found ?? { ...file, bytes: this.#complete };
  }
}
