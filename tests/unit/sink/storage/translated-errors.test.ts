import { expect, test } from 'vitest';
import { translateErrors } from '../../../../sink/storage/translated-errors.ts';

class Files {
  readonly folder = '/data';
  readonly #content = 'content';

  async read(path: string): Promise<string> {
    if (path === '/missing') throw new Error('not there');
    return this.#content;
  }

  async readRange({ path }: { readonly path: string; readonly at: number }): Promise<string> {
    return this.read(path);
  }

  async rename(_from: string, to: string, _options?: { readonly overwrite: boolean }): Promise<string> {
    return this.read(to);
  }

  close(): void {
    throw new Error('thrown at once');
  }
}

const files = translateErrors(new Files(), (error, call) => new Error(`${call}: ${error}`));

test('a call that succeeds gives its result, also from private fields', async () => {
  expect(await files.read('/there')).toBe('content');
  expect(files.folder).toBe('/data');
});

test('a call that rejects gives the translated error, which names the method and the paths', async () => {
  await expect(files.read('/missing')).rejects.toThrow('read /missing: Error: not there');
  await expect(files.rename('/a', '/missing', { overwrite: true })).rejects.toThrow('rename /a /missing: ');
});

test('a call that the object makes to itself is translated once, with a path among its options', async () => {
  const call = files.readRange({ path: '/missing', at: 7 });
  await expect(call).rejects.toThrow('readRange /missing: Error: not there');
});

test('an error that is thrown at once is not translated', () => {
  expect(() => files.close()).toThrow(/^thrown at once$/);
});
