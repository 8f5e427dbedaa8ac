import { setTimeout as delay } from 'node:timers/promises';
import { parseOpenName, TOPIC_ID } from '../../ledger/layout.ts';
import { FileSystemError } from '../../storage/errors.ts';
import type { FileStatus, FileSystem } from '../../storage/file-system.ts';
import { readName, type StoredFile } from './stored-file.ts';

/** What HDFS has of a topic. Grows with the files, not with their lines. */
export interface Listing {
  readonly files: readonly StoredFile[];
  /** Files that are no segments, or not where one belongs. */
  readonly strays: readonly string[];
  /** Of each partition the claims' folders, and the topic's ids noted in them; there must be one folder. */
  readonly writers: readonly Writer[];
}

export interface Writer {
  readonly partition: number;
  readonly tokens: readonly string[];
  readonly topicIds: readonly string[];
  /** How many segments were open when it was looked at; any of them may be published by now. */
  readonly segments: number;
}

const DAY = /^dt=[^/]+$/;
/** A claim renames a folder between two looks: so often in turn is no claim any more. */
const ATTEMPTS = 20;
const ASK_AGAIN_MS = 100;

/**
 * Lists what is being written first and what is published afterwards: a segment that is published meanwhile is seen in at
 * least one of both places, and counted once, by its id.
 *
 * @param folder of the topic
 * @throws {FileSystemError}
 */
export async function listTopic(files: FileSystem, folder: string, topic: string): Promise<Listing> {
  const look = new Look(files, folder, topic);
  await look.atWriters();
  await look.atPublished();
  return look.listing();
}

class Look {
  readonly #fileSystem: FileSystem;
  readonly #folder: string;
  readonly #topic: string;
  readonly #files = new Map<string, StoredFile>();
  readonly #strays: string[] = [];
  readonly #writers: Writer[] = [];

  constructor(fileSystem: FileSystem, folder: string, topic: string) {
    this.#fileSystem = fileSystem;
    this.#folder = folder;
    this.#topic = topic;
  }

  listing(): Listing {
    return { files: [...this.#files.values()], strays: this.#strays, writers: this.#writers };
  }

  async atWriters(): Promise<void> {
    const statuses = (await this.#list('_writers')) ?? [];
    this.#add('_writers', statuses);
    for (const name of folders(statuses)) {
      if (/^(0|[1-9]\d*)$/.test(name)) await this.#atPartition(Number(name));
      else await this.#walk(`_writers/${name}`);
    }
  }

  /** The folder's name changes at each claim; a listing in between finds nothing there. */
  async #atPartition(partition: number): Promise<void> {
    for (let left = ATTEMPTS; left > 0; left--) {
      const beside = (await this.#list(`_writers/${partition}`)) ?? [];
      const tokens = beside.filter(({ type }) => type === 'DIRECTORY').map(({ name }) => name);
      const claims = await Promise.all(
        tokens.map(async (token) => ({
          token,
          statuses: await this.#list(`_writers/${partition}/${token}`),
        })),
      );
      if (claims.every(({ statuses }) => statuses !== undefined)) {
        const names = claims.flatMap(({ statuses = [] }) => statuses.map(({ name }) => name));
        const topicIds = names
          .filter((name) => name.endsWith(TOPIC_ID))
          .map((name) => name.slice(0, -TOPIC_ID.length));
        const segments = names.filter((name) => parseOpenName(name) !== undefined).length;
        this.#writers.push({ partition, tokens, topicIds, segments });
        this.#add(`_writers/${partition}`, beside);
        for (const { token, statuses = [] } of claims) {
          this.#add(`_writers/${partition}/${token}`, statuses);
          for (const name of folders(statuses)) await this.#walk(`_writers/${partition}/${token}/${name}`);
        }
        return;
      }
      await delay(ASK_AGAIN_MS);
    }
    throw new FileSystemError(
      'unavailable',
      'Claimed',
      `partition ${partition} is claimed again and again: is a sink running that cannot write?`,
    );
  }

  atPublished(): Promise<void> {
    return this.#walk('');
  }

  /** Everything that a reader of all subfolders would come upon, wherever a segment may have been copied to. */
  async #walk(folder: string): Promise<void> {
    const statuses = (await this.#list(folder)) ?? [];
    this.#add(folder, statuses);
    const inside = folders(statuses).map((name) => (folder === '' ? name : `${folder}/${name}`));
    // A day has 24 hours; whatever else there is may have any number of folders.
    if (DAY.test(folder)) await Promise.all(inside.map((hour) => this.#walk(hour)));
    else for (const one of inside) await this.#walk(one);
  }

  #add(folder: string, statuses: readonly FileStatus[]): void {
    for (const { name, type, bytes, id: fileId } of statuses) {
      if (type !== 'FILE') continue;
      const relative = folder === '' ? name : `${folder}/${name}`;
      const path = `${this.#folder}/${relative}`;
      const named = readName(this.#topic, relative);
      if (named === 'stray') this.#strays.push(path);
      // Gateways may know no ids; then a segment that moves meanwhile is not recognised.
      const id = fileId ?? path;
      if (typeof named !== 'string') this.#files.set(id, { ...named, id, path, bytes });
    }
  }

  /** Undefined where there is no such folder. */
  #list(relative: string): Promise<readonly FileStatus[] | undefined> {
    return this.#fileSystem.list(relative === '' ? this.#folder : `${this.#folder}/${relative}`);
  }
}

const folders = (statuses: readonly FileStatus[]): string[] =>
  statuses.filter(({ name, type }) => type === 'DIRECTORY' && /^[^_.]/.test(name)).map(({ name }) => name);
