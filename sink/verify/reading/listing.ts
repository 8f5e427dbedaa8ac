import { setTimeout as delay } from 'node:timers/promises';
import {
  claimFolder,
  isDayFolder,
  isHidden,
  parseClaimedName,
  parsePartition,
  partitionFolder,
  WRITERS,
} from '../../ledger/layout.ts';
import { FileSystemError } from '../../storage/errors.ts';
import type { FileStatus, FileSystem } from '../../storage/file-system.ts';
import { readName, type StoredFile } from './stored-file.ts';

/** The files of a topic in HDFS. The size grows with the number of files, not of lines. */
export interface Listing {
  readonly files: readonly StoredFile[];
  /** Files that are no segments, or lie where no segment belongs. */
  readonly strays: readonly string[];
  readonly writers: readonly Writer[];
}

/** The ledger of one partition. */
export interface Writer {
  readonly partition: number;
  /** The folders of claims, of which there must be one. */
  readonly tokens: readonly string[];
  /** The ids of the topic that the claims have noted. */
  readonly topicIds: readonly string[];
  /** The number of open segments when the folder was listed. Any of them may be published since. */
  readonly segments: number;
}

/** A claim renames the folder between two listings. After so many renames, something is wrong. */
const ATTEMPTS = 20;
const ASK_AGAIN_MS = 100;

/**
 * Lists the open segments first, and the published segments second. So a segment that is published
 * meanwhile is in at least one of the two places. It counts once, by its id.
 *
 * @param folder the folder of the topic
 * @throws {FileSystemError}
 */
export async function listTopic(files: FileSystem, folder: string, topic: string): Promise<Listing> {
  const walk = new TopicWalk(files, folder, topic);
  await walk.walkWriters();
  await walk.walkPublished();
  return walk.listing();
}

interface ListedClaim {
  readonly token: string;
  readonly statuses: readonly FileStatus[];
}

class TopicWalk {
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

  async walkWriters(): Promise<void> {
    const statuses = (await this.#list(WRITERS)) ?? [];
    this.#add(WRITERS, statuses);
    for (const name of visibleFolders(statuses)) {
      const partition = parsePartition(name);
      if (partition === undefined) await this.#walk(`${WRITERS}/${name}`);
      else await this.#walkPartition(partition);
    }
  }

  /** Each claim renames the folder. A listing of the older name finds no folder. */
  async #walkPartition(partition: number): Promise<void> {
    const folder = partitionFolder(partition);
    for (let left = ATTEMPTS; left > 0; left--) {
      const inside = (await this.#list(folder)) ?? [];
      const claims = await this.#listClaims(partition, inside);
      if (claims) {
        this.#add(folder, inside);
        await this.#addClaims(partition, claims);
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

  /** Undefined where a claim renamed a folder before it was listed. */
  async #listClaims(
    partition: number,
    inside: readonly FileStatus[],
  ): Promise<readonly ListedClaim[] | undefined> {
    const tokens = inside.filter(({ type }) => type === 'DIRECTORY').map(({ name }) => name);
    const claims = await Promise.all(
      tokens.map(async (token) => ({ token, statuses: await this.#list(claimFolder({ partition, token })) })),
    );
    const listed = claims.flatMap(({ token, statuses }) => (statuses ? [{ token, statuses }] : []));
    return listed.length === claims.length ? listed : undefined;
  }

  async #addClaims(partition: number, claims: readonly ListedClaim[]): Promise<void> {
    this.#writers.push(writerOf(partition, claims));
    for (const { token, statuses } of claims) {
      const folder = claimFolder({ partition, token });
      this.#add(folder, statuses);
      for (const name of visibleFolders(statuses)) await this.#walk(`${folder}/${name}`);
    }
  }

  walkPublished(): Promise<void> {
    return this.#walk('');
  }

  /**
   * Adds every file that a reader of all subfolders would find, wherever a segment was copied to.
   */
  async #walk(folder: string): Promise<void> {
    const statuses = (await this.#list(folder)) ?? [];
    this.#add(folder, statuses);
    const inside = visibleFolders(statuses).map((name) => (folder === '' ? name : `${folder}/${name}`));
    // A day has 24 hours. Any other folder may have any number of folders.
    if (isDayFolder(folder)) await Promise.all(inside.map((hour) => this.#walk(hour)));
    else for (const folder of inside) await this.#walk(folder);
  }

  #add(folder: string, statuses: readonly FileStatus[]): void {
    for (const { name, type, bytes, id: fileId } of statuses) {
      if (type !== 'FILE') continue;
      const relative = folder === '' ? name : `${folder}/${name}`;
      const path = `${this.#folder}/${relative}`;
      const named = readName(this.#topic, relative);
      if (named === 'stray') this.#strays.push(path);
      // Some gateways tell no id. Then a segment that moves meanwhile is not recognised.
      const id = fileId ?? path;
      if (typeof named !== 'string') this.#files.set(id, { ...named, id, path, bytes });
    }
  }

  /** Resolves with undefined where the folder does not exist. */
  #list(relative: string): Promise<readonly FileStatus[] | undefined> {
    return this.#fileSystem.list(relative === '' ? this.#folder : `${this.#folder}/${relative}`);
  }
}

function writerOf(partition: number, claims: readonly ListedClaim[]): Writer {
  const names = claims.flatMap(({ statuses }) => statuses.map(({ name }) => parseClaimedName(name)));
  return {
    partition,
    tokens: claims.map(({ token }) => token),
    topicIds: names.flatMap((name) => (name?.kind === 'topic-id' ? [name.id] : [])),
    segments: names.filter((name) => name?.kind === 'open').length,
  };
}

const visibleFolders = (statuses: readonly FileStatus[]): string[] =>
  statuses.filter(({ name, type }) => type === 'DIRECTORY' && !isHidden(name)).map(({ name }) => name);
