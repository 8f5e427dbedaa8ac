import { setTimeout as delay } from 'node:timers/promises';
import { LedgerError, StoreError } from '../errors.ts';
import { hourFolder, openName, parseOpenName, publishedName } from '../segment.ts';
import type { Claim, FinishedSegment, OpenSegment, Store } from '../store.ts';
import { AppendLocations } from './append-locations.ts';
import { WebHdfsClient, type WebHdfsOptions } from './client.ts';

export interface WebHdfsStoreOptions extends WebHdfsOptions {
  /** The folder of all topics, absolute, without a slash at its end; empty for the root. */
  readonly dir: string;
  readonly topic: string;
  /** How long a segment may be held before it is replaced by a copy, ms; two minutes where it is left out. */
  readonly heldForEverMs?: number;
}

interface FileStatus {
  readonly pathSuffix: string;
  readonly type: 'FILE' | 'DIRECTORY';
  readonly length: number;
  readonly modificationTime: number;
}

/** Longer than any file of HDFS: TRUNCATE to it asks who holds a file, and can never cut one. */
const BEYOND_ANY_FILE = String(2n ** 62n);
/** A dead writer's lease goes after 60 s and its recovery takes seconds more; what lasts longer is half-open. */
const HELD_FOR_EVER_MS = 120_000;
/** How often a zero-byte APPEND wakes a truncation whose DataNode died. */
const WAKE_INTERVAL_MS = 10_000;
const PROBE_INTERVAL_MS = { first: 50, last: 1_000 };
/** An empty file, called by the topic's id and this. */
const TOPIC_ID = '.topic-id';
/** What a copy reads and writes at a time. */
const COPY_BYTES = 8 * 1024 * 1024;

/**
 * The store on WebHDFS. A partition's unfinished segments live in `_writers/<partition>/<token>/`; renaming that
 * one folder from the last token to a new one is lock, fence and hand-over at once, for every request names the
 * whole path. What an error answer to a changing request means is never asked here: the caller claims again.
 */
export class WebHdfsStore implements Store {
  readonly #client: WebHdfsClient;
  readonly #root: string;
  readonly #topic: string;
  readonly #heldForEverMs: number;
  readonly #locations = new AppendLocations();

  constructor(options: WebHdfsStoreOptions) {
    this.#client = new WebHdfsClient(options);
    this.#heldForEverMs = options.heldForEverMs ?? HELD_FOR_EVER_MS;
    this.#root = `${options.dir}/${options.topic}`;
    this.#topic = options.topic;
  }

  async claim(claim: Claim, signal?: AbortSignal): Promise<void> {
    const folder = this.#partitionFolder(claim.partition);
    let holders = await this.#list(folder);
    signal?.throwIfAborted();
    if (holders === undefined) {
      if (await this.#claimFirst(claim)) return;
      holders = (await this.#list(folder)) ?? [];
      signal?.throwIfAborted();
    }
    const [holder, ...more] = holders;
    if (!holder || more.length > 0 || holder.type !== 'DIRECTORY') {
      const found = holders.map((status) => status.pathSuffix).join(', ') || 'nothing';
      throw new LedgerError(`${folder} must hold exactly one folder, but holds: ${found}`);
    }
    await this.#rename(`${folder}/${holder.pathSuffix}`, this.#claimFolder(claim), 'NONE');
  }

  async segments(claim: Claim): Promise<readonly OpenSegment[]> {
    const folder = this.#claimFolder(claim);
    const found: OpenSegment[] = [];
    for (const { pathSuffix, length, modificationTime } of await this.#listClaimed(claim)) {
      const first = parseOpenName(pathSuffix);
      if (first !== undefined) found.push({ first, bytes: length, modifiedMs: modificationTime });
      else if (pathSuffix.includes('.copy-')) await this.#delete(`${folder}/${pathSuffix}`);
    }
    return found.sort((a, b) => a.first - b.first);
  }

  async topicId(claim: Claim): Promise<string | undefined> {
    const statuses = await this.#listClaimed(claim);
    const noted = statuses.find(({ pathSuffix }) => pathSuffix.endsWith(TOPIC_ID));
    return noted?.pathSuffix.slice(0, -TOPIC_ID.length);
  }

  async noteTopicId(claim: Claim, id: string): Promise<void> {
    await this.#create(`${this.#claimFolder(claim)}/${id}${TOPIC_ID}`);
  }

  async settle(claim: Claim, first: number, signal: AbortSignal): Promise<number | undefined> {
    const path = this.#path(claim, first);
    const begunMs = performance.now();
    let wakeAtMs = begunMs + WAKE_INTERVAL_MS;
    for (let pauseMs = PROBE_INTERVAL_MS.first; ; pauseMs = Math.min(pauseMs * 2, PROBE_INTERVAL_MS.last)) {
      const holder = await this.#probe(path);
      if (typeof holder !== 'string') return holder.bytes;
      const nowMs = performance.now();
      if (holder === 'append' && nowMs - begunMs > this.#heldForEverMs)
        await this.#replaceByCopy(claim, first);
      else if (nowMs >= wakeAtMs) {
        await this.#wake(path);
        wakeAtMs = nowMs + WAKE_INTERVAL_MS;
      }
      await delay(pauseMs, undefined, { signal });
    }
  }

  async read(claim: Claim, first: number, at: number, bytes: number): Promise<Buffer> {
    return this.#readFile(this.#path(claim, first), at, bytes);
  }

  async truncate(claim: Claim, first: number, bytes: number): Promise<void> {
    await this.#client.ask('POST', this.#path(claim, first), 'TRUNCATE', { newlength: String(bytes) });
  }

  async create(claim: Claim, first: number): Promise<void> {
    await this.#create(this.#path(claim, first));
  }

  async append(claim: Claim, first: number, chunks: readonly Buffer[]): Promise<void> {
    const path = this.#path(claim, first);
    const ask = () => this.#client.locate('POST', path, 'APPEND');
    const location = await this.#locations.take(claim.partition, path, ask);
    const what = `APPEND ${path}`;
    await this.#client.transferTo(location.url, { what, method: 'POST', body: chunks, success: 200 });
    this.#locations.keep(claim.partition, location);
  }

  async publish(claim: Claim, segment: FinishedSegment): Promise<void> {
    const folder = `${this.#root}/${hourFolder(segment.hour)}`;
    await this.#client.ask('PUT', folder, 'MKDIRS');
    const name = publishedName(this.#topic, claim.partition, segment.first, segment.last);
    await this.#rename(this.#path(claim, segment.first), `${folder}/${name}`, 'NONE');
  }

  close(): void {
    this.#client.close();
  }

  /** Makes the partition's folder with our token in it, complete, by one rename. False: somebody was first. */
  async #claimFirst(claim: Claim): Promise<boolean> {
    const prepared = `${this.#root}/_writers/.new-${claim.token}`;
    await this.#client.ask('PUT', `${prepared}/${claim.token}`, 'MKDIRS');
    try {
      await this.#rename(prepared, this.#partitionFolder(claim.partition), 'NONE');
      return true;
    } catch (error) {
      if (!(error instanceof StoreError && error.kind === 'exists')) throw error;
      await this.#delete(prepared);
      return false;
    }
  }

  /** Who holds the file; its length, where nobody does and the NameNode says it. */
  async #probe(path: string): Promise<'append' | 'recovery' | { readonly bytes: number | undefined }> {
    try {
      await this.#client.ask('POST', path, 'TRUNCATE', { newlength: BEYOND_ANY_FILE });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.message.includes('Cannot truncate to a larger file size')) {
        const bytes = /Current size: (\d+)/.exec(error.message)?.[1];
        return { bytes: bytes === undefined ? undefined : Number(bytes) };
      }
      if (error.reason === 'RecoveryInProgressException') return 'recovery';
      if (error.reason === 'AlreadyBeingCreatedException') {
        return error.message.includes('RecoveryInProgress') ? 'recovery' : 'append';
      }
      throw error;
    }
    throw new StoreError('unavailable', 'ProbeAnswered', `TRUNCATE ${path} beyond any file was not refused`);
  }

  async #wake(path: string): Promise<void> {
    try {
      await this.#append(path, []);
    } catch (error) {
      // Refused is what it is for; but without an answer it may still take the lease later.
      if (!(error instanceof StoreError) || error.cause !== undefined) throw error;
    }
  }

  /** A file that a half-open append holds for ever: its complete lines go on in a file nobody holds. */
  async #replaceByCopy(claim: Claim, first: number): Promise<void> {
    const path = this.#path(claim, first);
    const copy = path.replace(/\.jsonl$/, `.copy-${claim.token}`);
    const bytes = await this.#copyCompleteLines(path, copy);
    const { length } = await this.#status(copy);
    if (length !== bytes) {
      throw new StoreError('unavailable', 'ShortCopy', `${copy} has ${length} bytes, not ${bytes}`);
    }
    await this.#rename(copy, path, 'OVERWRITE');
  }

  async #copyCompleteLines(from: string, to: string): Promise<number> {
    const { length } = await this.#status(from);
    await this.#create(to);
    let written = 0;
    let torn = Buffer.alloc(0);
    for (let at = 0; at < length; ) {
      const piece = await this.#readFile(from, at, Math.min(COPY_BYTES, length - at));
      if (piece.length === 0)
        throw new StoreError('unavailable', 'ShortRead', `${from} ends at ${at} of ${length}`);
      at += piece.length;
      const bytes = Buffer.concat([torn, piece]);
      const end = bytes.lastIndexOf('\n') + 1;
      if (end > 0) await this.#append(to, [bytes.subarray(0, end)]);
      written += end;
      torn = bytes.subarray(end);
    }
    return written;
  }

  async #listClaimed(claim: Claim): Promise<readonly FileStatus[]> {
    const folder = this.#claimFolder(claim);
    const statuses = await this.#list(folder);
    if (statuses !== undefined) return statuses;
    throw new StoreError('fenced', 'FileNotFoundException', `${folder} is gone`);
  }

  /** Undefined where there is no such folder; a listing that failed rejects, and is never an empty one. */
  async #list(path: string): Promise<readonly FileStatus[] | undefined> {
    try {
      const answer = await this.#client.ask('GET', path, 'LISTSTATUS');
      const { FileStatuses } = (answer ?? {}) as { FileStatuses?: { FileStatus?: readonly FileStatus[] } };
      if (FileStatuses?.FileStatus) return FileStatuses.FileStatus;
      throw new StoreError('unavailable', 'NotAListing', `LISTSTATUS ${path}: the answer is no listing`);
    } catch (error) {
      if (error instanceof StoreError && error.reason === 'FileNotFoundException') return undefined;
      throw error;
    }
  }

  async #status(path: string): Promise<FileStatus> {
    const answer = await this.#client.ask('GET', path, 'GETFILESTATUS');
    return (answer as { FileStatus: FileStatus }).FileStatus;
  }

  async #rename(from: string, destination: string, renameoptions: 'NONE' | 'OVERWRITE'): Promise<void> {
    const answer = await this.#client.ask('PUT', from, 'RENAME', { destination, renameoptions });
    if (answer === undefined) return;
    // With options WebHDFS answers nothing; who says true or false has not heard of them, and the rename is no fence.
    throw new StoreError(
      'refused',
      'RenameOptionsIgnored',
      `RENAME ${from}: the server does not know renameoptions (HttpFS does not): HDFS_URL must name WebHDFS`,
    );
  }

  async #create(path: string): Promise<void> {
    const parameters = { overwrite: 'false', createparent: 'false' };
    await this.#client.transfer('PUT', path, 'CREATE', { parameters, success: 201 });
  }

  async #append(path: string, body: readonly Buffer[]): Promise<void> {
    await this.#client.transfer('POST', path, 'APPEND', { body, success: 200 });
  }

  /** All of the bytes asked for or an error: what looks shorter than it is would be cut as a torn line. */
  async #readFile(path: string, at: number, bytes: number): Promise<Buffer> {
    const parameters = { offset: String(at), length: String(bytes) };
    const read = await this.#client.transfer('GET', path, 'OPEN', { parameters, success: 200 });
    if (read.length === bytes) return read;
    throw new StoreError(
      'unavailable',
      'ShortRead',
      `OPEN ${path} at ${at}: ${read.length} of ${bytes} bytes`,
    );
  }

  async #delete(path: string): Promise<void> {
    await this.#client.ask('DELETE', path, 'DELETE', { recursive: 'true' });
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
