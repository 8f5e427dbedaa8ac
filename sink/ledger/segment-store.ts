import type { Logger } from 'pino';
import { missingPath } from '../storage/errors.ts';
import type { FileStatus, FileSystem } from '../storage/file-system.ts';
import { translateErrors } from '../storage/translated-errors.ts';
import { LedgerError, StoreError } from './errors.ts';
import {
  claimFolder,
  copyPath,
  hourFolder,
  newPartitionFolder,
  openPath,
  parseClaimedName,
  partitionFolder,
  publishedPath,
  topicIdPath,
  WRITERS,
} from './layout.ts';
import { recoverOrCopy } from './segment-lease.ts';
import type { Claim, FinishedSegment, OpenSegment, Store } from './store.ts';
import { claimedError, unclaimedError } from './store-errors.ts';
import { findUnclaimed } from './unclaimed-folders.ts';

export interface SegmentStoreOptions {
  readonly files: FileSystem;
  /** The folder of all topics: absolute, without a slash at its end, empty for the root. */
  readonly dir: string;
  readonly topic: string;
  readonly log: Logger;
  /**
   * How long a client may hold the lease of a segment before a copy replaces the segment, ms. The
   * default is the time within which the protocol recovers a lease.
   */
  readonly copyAfterMs?: number;
}

/**
 * The store on HDFS, over either protocol. The unfinished segments of a partition are in the folder
 * of its claim. Every request names the whole path. So one rename of that folder, from the older
 * token to the new token, is lock, fence and hand-over at once. The store never asks whether a
 * failed request was applied: its caller claims again.
 */
export class SegmentStore implements Store {
  /** For paths under a claim. Where such a path is gone, another claim has renamed the folder. */
  readonly #claimed: FileSystem;
  /** For all other paths. */
  readonly #unclaimed: FileSystem;
  readonly #root: string;
  readonly #topic: string;
  readonly #log: Logger;
  readonly #copyAfterMs: number;
  #isSwept = false;

  constructor({ files, dir, topic, log, copyAfterMs }: SegmentStoreOptions) {
    this.#claimed = translateErrors(files, claimedError);
    this.#unclaimed = translateErrors(files, unclaimedError);
    this.#root = `${dir}/${topic}`;
    this.#topic = topic;
    this.#log = log;
    this.#copyAfterMs = copyAfterMs ?? files.leaseRecoversWithinMs;
  }

  async claim(claim: Claim, signal?: AbortSignal): Promise<void> {
    const folder = this.#at(partitionFolder(claim.partition));
    let holders = await this.#unclaimed.list(folder);
    signal?.throwIfAborted();
    await this.#sweep();
    signal?.throwIfAborted();
    if (holders === undefined) {
      if (await this.#claimFirst(claim)) return;
      holders = (await this.#unclaimed.list(folder)) ?? [];
      signal?.throwIfAborted();
    }
    const token = tokenOf(holders);
    if (token === undefined) {
      const found = holders.map(({ name }) => name).join(', ') || 'nothing';
      throw new LedgerError(`${folder} must hold exactly one folder, but holds: ${found}`);
    }
    const holder = { partition: claim.partition, token };
    await this.#claimed.rename(this.#at(claimFolder(holder)), this.#at(claimFolder(claim)));
  }

  async segments(claim: Claim): Promise<readonly OpenSegment[]> {
    const found: OpenSegment[] = [];
    for (const { name, bytes, modifiedMs } of await this.#listClaimed(claim)) {
      const parsed = parseClaimedName(name);
      if (parsed?.kind === 'open') found.push({ first: parsed.first, bytes, modifiedMs });
      if (parsed?.kind === 'copy') await this.#claimed.delete(`${this.#at(claimFolder(claim))}/${name}`);
    }
    return found.sort((a, b) => a.first - b.first);
  }

  async topicId(claim: Claim): Promise<string | undefined> {
    const names = (await this.#listClaimed(claim)).map(({ name }) => parseClaimedName(name));
    return names.find((name) => name?.kind === 'topic-id')?.id;
  }

  async noteTopicId(claim: Claim, id: string): Promise<void> {
    const path = this.#at(topicIdPath(claim, id));
    await this.#claimed.create(path);
    await this.#claimed.finish(path);
  }

  recoverLease(claim: Claim, first: number, signal: AbortSignal): Promise<number | undefined> {
    return recoverOrCopy(this.#claimed, {
      partition: claim.partition,
      path: this.#path(claim, first),
      copy: this.#at(copyPath(claim, first)),
      copyAfterMs: this.#copyAfterMs,
      signal,
      log: this.#log,
    });
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
    await this.#unclaimed.makeFolder(this.#at(hourFolder(segment.hour)));
    const published = publishedPath(this.#topic, claim.partition, segment);
    await this.#claimed.rename(this.#path(claim, segment.first), this.#at(published));
  }

  leave(claim: Claim): Promise<void> {
    return this.#claimed.release(this.#at(claimFolder(claim)));
  }

  close(): void {
    this.#unclaimed.close();
  }

  /**
   * Makes the partition's folder, with the claim's folder in it, by one rename. Resolves with false
   * where another claim made the folder first.
   */
  async #claimFirst(claim: Claim): Promise<boolean> {
    const prepared = this.#at(newPartitionFolder(claim.token));
    await this.#unclaimed.makeFolder(`${prepared}/${claim.token}`);
    try {
      await this.#unclaimed.rename(prepared, this.#at(partitionFolder(claim.partition)));
      return true;
    } catch (error) {
      if (!(error instanceof StoreError && error.kind === 'exists')) throw error;
      await this.#unclaimed.delete(prepared);
      return false;
    }
  }

  /** Once in its life, the store deletes the folders that failed first claims have left behind. */
  async #sweep(): Promise<void> {
    if (this.#isSwept) return;
    this.#isSwept = true;
    const unclaimed = await findUnclaimed(this.#unclaimed, this.#at(WRITERS), Date.now());
    for (const path of unclaimed) await this.#unclaimed.delete(path);
    if (unclaimed.length > 0) this.#log.info({ folders: unclaimed.length }, 'unclaimed folders deleted');
  }

  async #listClaimed(claim: Claim): Promise<readonly FileStatus[]> {
    const folder = this.#at(claimFolder(claim));
    const statuses = await this.#claimed.list(folder);
    if (statuses !== undefined) return statuses;
    throw claimedError(missingPath(folder));
  }

  #path(claim: Claim, first: number): string {
    return this.#at(openPath(claim, first));
  }

  /** @param path relative to the topic's folder */
  #at(path: string): string {
    return `${this.#root}/${path}`;
  }
}

/** The one folder in a partition's folder; undefined where there is not exactly one. */
function tokenOf(holders: readonly FileStatus[]): string | undefined {
  const [holder, ...more] = holders;
  return holder?.type === 'DIRECTORY' && more.length === 0 ? holder.name : undefined;
}
