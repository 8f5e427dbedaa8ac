import WebHDFS from 'webhdfs';
import type { StoredFile } from '../judge/judge.ts';

export interface StoreLocation {
  /** http://host:port of the NameNode. */
  readonly url: string;
  readonly dir: string;
  readonly topic: string;
}

const OPEN = /\/_writers\/(\d+)\/[^/]+\/(\d{20})\.jsonl$/;
const PUBLISHED = /\/dt=\d{4}-\d{2}-\d{2}\/hour=\d{2}\/(.+)-(\d+)-(\d{20})-(\d{20})\.jsonl$/;
/** HDFS may fail for a moment to read a file that is being appended to. */
const ATTEMPTS = 40;
const PAUSE_MS = 250;

/**
 * Reads every file of a topic, open or published, by the npm package `webhdfs`. That package shares
 * no code with the sink's client.
 */
export async function readStoredFiles({ url, dir, topic }: StoreLocation): Promise<StoredFile[]> {
  return persist(async () => {
    const client = newWitness(url);
    const files: StoredFile[] = [];
    for (const entry of await list(client, `${dir}/${topic}`)) {
      const named = parse(entry.path);
      if (named) files.push({ ...named, path: entry.path, content: await read(client, entry) });
    }
    return files;
  });
}

/** The paths of all files below a topic's folder. */
export async function listStoredFiles({ url, dir, topic }: StoreLocation): Promise<string[]> {
  const entries = await persist(() => list(newWitness(url), `${dir}/${topic}`));
  return entries.map((entry) => entry.path);
}

function newWitness(url: string) {
  const { hostname, port } = new URL(url);
  return WebHDFS.createClient({ user: 'witness', host: hostname, port: Number(port), path: '/webhdfs/v1' });
}

type Witness = ReturnType<typeof newWitness>;

function parse(path: string): Omit<StoredFile, 'path' | 'content'> | undefined {
  const open = OPEN.exec(path);
  if (open) return { partition: Number(open[1]), first: Number(open[2]), last: undefined };
  const published = PUBLISHED.exec(path);
  if (!published) return undefined;
  return { partition: Number(published[2]), first: Number(published[3]), last: Number(published[4]) };
}

interface Entry {
  readonly path: string;
  readonly length: number;
}

async function list(client: Witness, folder: string): Promise<Entry[]> {
  const entries = await new Promise<readonly { pathSuffix: string; type: string; length: number }[]>(
    (resolve, reject) => {
      client.readdir(folder, (error, files) => (error ? reject(error) : resolve(files ?? [])));
    },
  );
  const below = entries.map(({ pathSuffix, type, length }) => {
    const path = `${folder}/${pathSuffix}`;
    return type === 'DIRECTORY' ? list(client, path) : Promise.resolve([{ path, length }]);
  });
  return (await Promise.all(below)).flat();
}

/** Reads a file. The NameNode knows only a part of an open file's length, at first none of it. */
function read(client: Witness, { path, length }: Entry): Promise<Buffer> {
  const isOpen = OPEN.test(path);
  if (length === 0 && !isOpen) return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    client.readFile(path, (error, content) => {
      if (error) reject(error);
      else if (content && (content.length === length || (isOpen && content.length > length)))
        resolve(content);
      else reject(new Error(`${path}: ${content?.length} of ${length} bytes`));
    });
  });
}

async function persist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
