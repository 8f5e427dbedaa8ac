import { expect, test } from 'vitest';
import { findUnclaimed } from '../../../../sink/ledger/unclaimed-folders.ts';
import type { FileStatus, FileSystem } from '../../../../sink/storage/file-system.ts';

const NOW_MS = Date.UTC(2026, 10, 22);
const DAY_MS = 86_400_000;

type Tree = { readonly [name: string]: Tree | 'file' };

function filesOf(tree: Tree, modifiedMs: number): FileSystem {
  const at = (path: string) =>
    path
      .split('/')
      .reduce<Tree | 'file' | undefined>((inside, name) => (inside as Tree | undefined)?.[name], tree);
  const list = async (path: string): Promise<FileStatus[] | undefined> => {
    const found = at(path);
    if (found === undefined || found === 'file') return undefined;
    return Object.entries(found).map(([name, inside]) => ({
      name,
      type: inside === 'file' ? 'FILE' : 'DIRECTORY',
      bytes: 0,
      modifiedMs,
      id: name,
    }));
  };
  return { list } as unknown as FileSystem;
}

const find = (writers: Tree, ageMs: number) =>
  findUnclaimed(filesOf({ _writers: writers }, NOW_MS - ageMs), '_writers', NOW_MS);

test('folders that a first claim has left behind are found after a day, and no others', async () => {
  const writers: Tree = {
    0: { token: { '00000000000000000000.jsonl': 'file' } },
    '.new-a': { a: {} },
    '.new-b': {},
    '.new-c': { other: {} },
    '.new-d': { d: { '00000000000000000000.jsonl': 'file' } },
    '.new-e': 'file',
    '.old-f': { f: {} },
  };
  expect(await find(writers, DAY_MS + 1)).toEqual(['_writers/.new-a', '_writers/.new-b']);
  expect(await find(writers, DAY_MS - 1)).toEqual([]);
});

test('a topic without a folder has none', async () => {
  expect(await findUnclaimed(filesOf({}, 0), '_writers', NOW_MS)).toEqual([]);
});
