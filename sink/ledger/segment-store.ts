import type { Logger } from 'pino';
import { missingPath } from '../storage/errors.ts';
import type { FileStatus, FileSystem } from '../storage/file-system.ts';
import { translateErrors } from '../storage/translated-errors.ts';
import { LedgerError, StoreError } from './errors.ts';
import { hourFolder, isCopy, openName, parseOpenName, publishedName, TOPIC_ID } from './layout.ts';
import { replaceByCopy } from './segment-copy.ts';
import type { Claim, FinishedSegment, OpenSegment, Store } from './store.ts';
import { claimedError, unclaimedError } from './store-errors.ts';

export interface SegmentStoreOptions {
  readonly files: FileSystem;
  /** The folder of all topics, absolute, without a slash at its end; empty for the root. */
  readonly dir: string;
  readonly topic: string;
  readonly log: Logger;
  /** How long a segment may be held before a copy takes its place, ms; where it is left out, as long as the protocol has it. */
  readonly heldForEverMs?: number;
}

/**
 * The store on HDFS, whatever protocol it is spoken to in. A partition's unfinished segments live in
 * `_writers/<partition>/<token>/`; renaming that one folder from the last token to a new one is lock, fence and hand-over at
 * once, for every request names the whole path. What an error answer to a changing request means is never asked here: the
 * caller claims again.
 */
export class SegmentStore implements Store {
  /** For paths under a claim: where nothing is there any more, another claim renamed the folder. */
  readonly #claimed: FileSystem;
  /** For all other paths. */
  readonly #unclaimed: FileSystem;
  readonly #root: string;
  readonly #topic: string;
  readonly #log: Logger;
  readonly #heldForEverMs: number;

  constructor({ files, dir, topic, log, heldForEverMs }: SegmentStoreOptions) {
    this.#claimed = translateErrors(files, claimedError);
    this.#unclaimed = translateErrors(files, unclaimedError);
    this.#root = `${dir}/${topic}`;
    this.#topic = topic;
    this.#log = log;
    this.#heldForEverMs = heldForEverMs ?? files.settlesWithinMs;
  }

  async claim(claim: Claim, signal?: AbortSignal): Promise<void> {
    const folder = this.#partitionFolder(claim.partition);
    let holders = await this.#unclaimed.list(folder);
    signal?.throwIfAborted();
    if (holders === undefined) {
      if (await this.#claimFirst(claim)) return;
      holders = (await this.#unclaimed.list(folder)) ?? [];
      signal?.throwIfAborted();
    }
    const [holder, ...more] = holders;
    if (!holder || more.length > 0 || holder.type !== 'DIRECTORY') {
      const found = holders.map(({ name }) => name).join(', ') || 'nothing';
      throw new LedgerError(`${folder} must hold exactly one folder, but holds: ${found}`);
    }
    await this.#claimed.rename(`${folder}/${holder.name}`, this.#claimFolder(claim));
  }

  async segments(claim: Claim): Promise<readonly OpenSegment[]> {
    const folder = this.#claimFolder(claim);
    const found: OpenSegment[] = [];
    for (const { name, bytes, modifiedMs } of await this.#listClaimed(claim)) {
      const first = parseOpenName(name);
      if (first !== undefined) found.push({ first, bytes, modifiedMs });
      else if (isCopy(name)) await this.#claimed.delete(`${folder}/${name}`);
    }
    return found.sort((a, b) => a.first - b.first);
  }

  async topicId(claim: Claim): Promise<string | undefined> {
    const statuses = await this.#listClaimed(claim);
    return statuses.find(({ name }) => name.endsWith(TOPIC_ID))?.name.slice(0, -TOPIC_ID.length);
  }

  async noteTopicId(claim: Claim, id: string): Promise<void> {
    const path = `${this.#claimFolder(claim)}/${id}${TOPIC_ID}`;
    await this.#claimed.create(path);
    await this.#claimed.finish(path);
  }

  async settle(claim: Claim, first: number, signal: AbortSignal): Promise<number | undefined> {
    const path = this.#path(claim, first);
    const patience = AbortSignal.timeout(this.#heldForEverMs);
    try {
      return await this.#claimed.settle(path, AbortSignal.any([signal, patience]));
    } catch (error) {
      if (!isAbortBy(patience, error)) throw error;
    }
    this.#log.warn({ path, heldMs: this.#heldForEverMs }, 'somebody holds the segment for ever; copying it');
    const bytes = await replaceByCopy(this.#claimed, path, signal);
    this.#log.warn({ path, bytes }, 'a copy of its complete lines has taken the place of the segment');
    return this.#claimed.settle(path, signal);
  }

  read(claim: Claim, first: number, at: number, bytes: number): Promise<Buffer> {
    return this.#claimed.read(this.#path(claim, first), at, bytes);
  }

  truncate(claim: Claim, first: number, bytes: number): Promise<void> {
    return this.#claimed.truncate(this.#path(claim, first), bytes);
  }

  create(claim: Claim, first: number): Promise<void> {
    return this.#claimed.create(this.#path(claim, first));
  }

  append(claim: Claim, first: number, chunks: readonly Buffer[]): Promise<void> {
    return this.#claimed.append(this.#path(claim, first), chunks);
  }

  finish(claim: Claim, first: number): Promise<void> {
    return this.#claimed.finish(this.#path(claim, first));
  }

  async publish(claim: Claim, segment: FinishedSegment): Promise<void> {
    const folder = `${this.#root}/${hourFolder(segment.hour)}`;
    await this.#unclaimed.makeFolder(folder);
    const name = publishedName(this.#topic, claim.partition, segment.first, segment.last);
    await this.#claimed.rename(this.#path(claim, segment.first), `${folder}/${name}`);
  }

  leave(claim: Claim): Promise<void> {
    return this.#claimed.release(this.#claimFolder(claim));
  }

  close(): void {
    this.#unclaimed.close();
  }

  /** Makes the partition's folder with our token in it, complete, by one rename. False: somebody was first. */
  async #claimFirst(claim: Claim): Promise<boolean> {
    const prepared = `${this.#root}/_writers/.new-${claim.token}`;
    await this.#unclaimed.makeFolder(`${prepared}/${claim.token}`);
    try {
      await this.#unclaimed.rename(prepared, this.#partitionFolder(claim.partition));
      return true;
    } catch (error) {
      if (!(error instanceof StoreError && error.kind === 'exists')) throw error;
      await this.#unclaimed.delete(prepared);
      return false;
    }
  }

  async #listClaimed(claim: Claim): Promise<readonly FileStatus[]> {
    const folder = this.#claimFolder(claim);
    const statuses = await this.#claimed.list(folder);
    if (statuses !== undefined) return statuses;
    throw claimedError(missingPath(folder));
  }

  #partitionFolder(partition: number): string {
    return `${this.#root}/_writers/${partition}`;
  }

  #claimFolder(claim: Claim): string {
    return `${this.#partitionFolder(claim.partition)}/${claim.token}`;
  }

  #path(claim: Claim, first: number): string {
    return `${this.#claimFolder(claim)}/${openName(first)}`;
  }
}

/** Whether this signal, and no other one and nothing else, ended what it was given to. */
function isAbortBy({ aborted, reason }: AbortSignal, error: unknown): boolean {
  return aborted && error instanceof Error && error.cause === reason;
}
