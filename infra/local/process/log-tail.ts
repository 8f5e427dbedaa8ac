import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const LOOK_EVERY_MS = 250;
/** Most bytes that one look hands over. The file contains the rest. */
const MOST_BYTES = 65_536;

/**
 * Follows a log that another process writes, and hands over whole lines. It begins at the end that
 * the file has at `start`. A file that became shorter is read from its beginning.
 */
export class LogTail {
  readonly #file: string;
  readonly #onLine: (line: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #position = 0;
  #rest = '';

  constructor(file: string, onLine: (line: string) => void) {
    this.#file = file;
    this.#onLine = onLine;
  }

  start(): void {
    this.#read((_, size) => {
      this.#position = size;
    });
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#look();
  }

  #look(): void {
    this.#read((fd, size) => {
      if (size < this.#position) this.#position = 0;
      const buffer = Buffer.alloc(Math.min(MOST_BYTES, size - this.#position));
      readSync(fd, buffer, 0, buffer.length, size - buffer.length);
      this.#position = size;
      this.#handOver(buffer.toString('utf8'));
    });
  }

  #handOver(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }

  #read(use: (fd: number, size: number) => void): void {
    let fd: number;
    try {
      fd = openSync(this.#file, 'r');
    } catch {
      return; // The file does not exist yet.
    }
    try {
      use(fd, fstatSync(fd).size);
    } finally {
      closeSync(fd);
    }
  }
}
