import { setTimeout as delay } from 'node:timers/promises';
import { FileSystemError } from '../../storage/errors.ts';
import type { FileSystem } from '../../storage/file-system.ts';
import { LineSplitter, LONGEST_LINE_BYTES } from './line-splitter.ts';
import type { StoredFile } from './stored-file.ts';

export interface FileReaderOptions {
  readonly files: FileSystem;
  /** Where a file is now, by its id; undefined where it is no more. */
  readonly find: (file: StoredFile) => Promise<StoredFile | undefined>;
  /** How long what fails is tried again, ms; a minute and a half where it is left out. */
  readonly patienceMs?: number;
}

/** What one file has come to when all of it was read. */
export interface FileEnd {
  /** The file as it was at last: under another name, if it was published meanwhile. */
  readonly file: StoredFile;
  /** Bytes after the last line feed. */
  readonly restBytes: number;
}

const CHUNK_BYTES = 1_048_576;
/**
 * An open file's replica can be out of reach for half a minute while it is appended to, and a file whose writer died
 * for a minute.
 */
const PATIENCE_MS = 90_000;
const BACK_OFF_MS = { first: 100, last: 4_000 };
/** An append that crosses a block shows a part of itself before it is through. */
const REST_LOOKS = 5;
const REST_PAUSE_MS = 300;

/**
 * Reads one file line by line, a chunk ahead of whoever reads. A sink may write on meanwhile: the file may grow, lose a torn
 * tail, or be moved. What is handed out stays true through all of that, for only complete lines are, and those are
 * never changed; after any mishap it begins again behind the last of them.
 */
export class FileReader {
  readonly #options: FileReaderOptions;
  readonly #splitter = new LineSplitter();
  #file: StoredFile;
  /** Behind the last complete line handed out. */
  #complete = 0;

  constructor(file: StoredFile, options: FileReaderOptions) {
    this.#file = file;
    this.#options = options;
  }

  /**
   * The lines of each chunk in turn; returns how the file ends.
   * @throws {FileSystemError} where it could not be read with all patience
   */
  async *read(): AsyncGenerator<readonly Buffer[], FileEnd> {
    await this.#patiently(() => this.#look());
    for (let looks = 0; ; ) {
      const before = this.#complete;
      yield* this.#readToEnd();
      if (this.#complete > before) looks = 0;
      const restBytes = this.#splitter.carriedBytes;
      const mayEnd = restBytes > 0 && restBytes <= LONGEST_LINE_BYTES && this.#file.last === undefined;
      if (!mayEnd || looks === REST_LOOKS) {
        return { file: this.#file, restBytes };
      }
      looks += 1;
      await delay(REST_PAUSE_MS);
      await this.#patiently(() => this.#look());
    }
  }

  /** Up to the length known so far. */
  async *#readToEnd(): AsyncGenerator<readonly Buffer[], void> {
    this.#splitter.reset();
    let at = this.#complete;
    let next = this.#fetch(at);
    for (;;) {
      const chunk = await next;
      if (chunk === undefined) {
        // Begun anew: the file was not what it seemed.
        this.#splitter.reset();
        at = this.#complete;
        next = this.#fetch(at);
        continue;
      }
      if (chunk.length === 0) return;
      at += chunk.length;
      next = this.#fetch(at);
      // Its failure is met when it is awaited, unless the reader has gone by then.
      next.catch(() => undefined);
      const lines = this.#splitter.split(chunk);
      this.#complete = at - this.#splitter.carriedBytes;
      yield lines;
    }
  }

  /** An empty chunk at the file's end; undefined where the file has changed, so that what was read may no longer hold. */
  #fetch(at: number): Promise<Buffer | undefined> {
    let failed = false;
    return this.#patiently(async () => {
      if (failed && (await this.#look())) return undefined;
      failed = true;
      const { path, bytes } = this.#file;
      const length = Math.min(CHUNK_BYTES, bytes - at);
      if (length <= 0) return Buffer.alloc(0);
      return this.#options.files.read(path, at, length);
    });
  }

  /** Tries again what failed, with back-off. @throws {FileSystemError} the last failure */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + (this.#options.patienceMs ?? PATIENCE_MS);
    for (let pauseMs = BACK_OFF_MS.first; ; pauseMs = Math.min(pauseMs * 2, BACK_OFF_MS.last)) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof FileSystemError) || performance.now() > deadline) throw error;
      }
      await delay(pauseMs);
    }
  }

  /** The file as it is now. True where its length is another, so that its end may be another too. */
  async #look(): Promise<boolean> {
    const before = this.#file.bytes;
    this.#file = await this.#status();
    return this.#file.bytes !== before;
  }

  async #status(): Promise<StoredFile> {
    const file = this.#file;
    const status = await this.#options.files.status(file.path);
    if (status && (status.id ?? file.id) === file.id) return { ...file, bytes: status.bytes };
    // Claimed, published, or deleted.
    const found = await this.#options.find(file);
    return found ?? { ...file, bytes: this.#complete };
  }
}
