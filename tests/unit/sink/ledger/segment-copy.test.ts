import { describe, expect, test } from 'vitest';
import { replaceByCopy } from '../../../../sink/ledger/segment-copy.ts';
import type { FileStatus, FileSystem } from '../../../../sink/storage/file-system.ts';

const PATH = '/segment';
const COPY = '/copy';
const MB = 1024 * 1024;

/** The part of a file system that a copy needs, in memory. */
class FilesInMemory {
  readonly files = new Map<string, Buffer[]>();
  readonly readBytes: number[] = [];

  content(path: string): Buffer {
    return Buffer.concat(this.files.get(path) ?? []);
  }

  async readableBytes(path: string): Promise<number> {
    return this.content(path).length;
  }

  async read(path: string, at: number, bytes: number): Promise<Buffer> {
    this.readBytes.push(bytes);
    return this.content(path).subarray(at, at + bytes);
  }

  async create(path: string): Promise<void> {
    this.files.set(path, []);
  }

  async append(path: string, chunks: readonly Buffer[]): Promise<void> {
    this.files.get(path)?.push(...chunks);
  }

  async finish(): Promise<void> {}

  async status(path: string): Promise<Pick<FileStatus, 'bytes'>> {
    return { bytes: this.content(path).length };
  }

  async replace(path: string, by: string): Promise<void> {
    this.files.set(path, [this.content(by)]);
    this.files.delete(by);
  }
}

function copy(files: FilesInMemory, signal = new AbortController().signal): Promise<number> {
  return replaceByCopy(files as unknown as FileSystem, { partition: 0, path: PATH, copy: COPY }, signal);
}

async function copied(content: string) {
  const files = new FilesInMemory();
  files.files.set(PATH, [Buffer.from(content)]);
  const bytes = await copy(files);
  return { bytes, files };
}

describe('a copy', () => {
  test.each<[string, string, string]>([
    ['nothing', '', ''],
    ['a torn line', '', '{"tor'],
    ['lines', 'one\ntwo\n', ''],
    ['lines and a torn one', 'one\ntwo\n', '{"thr'],
    ['more lines than are read at once', `${'x'.repeat(999)}\n`.repeat(9_000), '{"thr'],
    [
      'lines longer than what is read at once',
      `${'x'.repeat(9 * MB)}\n${'y'.repeat(5 * MB)}\n`,
      `{"${'z'.repeat(6 * MB)}`,
    ],
  ])('of %s has the complete lines', async (_, complete, torn) => {
    const { bytes, files } = await copied(complete + torn);
    expect(bytes).toBe(complete.length);
    expect(files.content(PATH).equals(Buffer.from(complete))).toBe(true);
    expect([...files.files.keys()]).toEqual([PATH]);
    expect(Math.max(0, ...files.readBytes)).toBeLessThanOrEqual(4 * MB);
  });

  test('that is not wanted any more takes no place', async () => {
    const files = new FilesInMemory();
    files.files.set(PATH, [Buffer.from('one\ntwo')]);
    const release = new AbortController();
    files.finish = async () => release.abort();
    await expect(copy(files, release.signal)).rejects.toThrow();
    expect(String(files.content(PATH))).toBe('one\ntwo');
  });

  test('that turns out shorter than what was written takes no place', async () => {
    const files = new FilesInMemory();
    files.files.set(PATH, [Buffer.from('one\ntwo\n')]);
    files.status = async () => ({ bytes: 4 });
    const copying = copy(files);
    await expect(copying).rejects.toMatchObject({ kind: 'unavailable', reason: 'ShortCopy' });
    expect(String(files.content(PATH))).toBe('one\ntwo\n');
  });
});
