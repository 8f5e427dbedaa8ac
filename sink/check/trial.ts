import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import type { WebHdfsClient } from '../webhdfs/client.ts';
import { NOT_KEPT, Patience } from './patience.ts';

export type StepName =
  | 'scratch'
  | 'create'
  | 'append'
  | 'read'
  | 'truncate'
  | 'claim'
  | 'fence'
  | 'publish'
  | 'delete';

/** What the trial file turned out to be. */
export interface FileLook {
  readonly blockBytes: number;
  readonly replication: number;
  /** Replicas of its block; undefined where this HDFS does not tell. */
  readonly replicas: number | undefined;
}

export interface TrialFailure {
  readonly step: StepName;
  readonly error: StoreError;
}

/** How a claim's life went in a folder of its own. */
export interface Trial {
  readonly steps: readonly { readonly name: StepName; readonly tookMs: number }[];
  readonly appendsMs: readonly number[];
  /** The policy the folder inherits, where it is erasure-coded; nothing more was tried then. */
  readonly erasureCoded: string | undefined;
  readonly file: FileLook | undefined;
  readonly failure: TrialFailure | undefined;
  /** What had gone wrong before all of it was tried again. */
  readonly passed: readonly TrialFailure[];
}

/**
 * Hadoop's default delay before a writer asks again whether its last block is complete. On a busy DataNode the first
 * asking is now and then late enough to need no second, so that only some of the appends are slow: enough are made to see two.
 */
export const CLOSE_DELAY_MS = 400;
const APPENDS = { least: 5, most: 20, withinMs: 15_000 };
const LINE = Buffer.from('{"kafka_check":true}\n');
const ALL_WITHIN_MS = 90_000;
/** A truncation within a block is finished by its DataNode, which takes about 3 s. */
const RECOVERY_WITHIN_MS = 30_000;
const ASK_AGAIN_MS = 200;
const REPLICAS_WITHIN_MS = 3_000;
/** Longer than any file: asks who holds it, and cannot cut it. */
const BEYOND_ANY_FILE = String(2n ** 62n);

/**
 * Tries it out in a scratch folder, from the start and in a fresh place again where something went wrong that may pass:
 * just as the sink claims anew, and safe for the same reason.
 */
export async function tryOut(client: WebHdfsClient, scratch: string): Promise<Trial> {
  const deadline = performance.now() + ALL_WITHIN_MS;
  const patience = new Patience();
  const passed: TrialFailure[] = [];
  for (let round = 1; ; round++) {
    const trial = await new TrialRound(client, `${scratch}/${round}`, deadline).run();
    const { failure } = trial;
    if (!failure || performance.now() > deadline || !(await patience.has(failure.error))) {
      return { ...trial, passed };
    }
    passed.push(failure);
  }
}

/**
 * Does to a folder what the sink does to a partition's: make, append, cut, claim by a rename, publish by a
 * rename; and looks whether this HDFS keeps what exactly-once leans on: a claim shuts out the older token, and a rename
 * never goes into or over what is there. Some gateways answer otherwise.
 */
class TrialRound {
  readonly #client: WebHdfsClient;
  readonly #folder: string;
  readonly #deadline: number;
  readonly #steps: { name: StepName; tookMs: number }[] = [];
  readonly #appendsMs: number[] = [];
  #erasureCoded: string | undefined;
  #file: FileLook | undefined;

  constructor(client: WebHdfsClient, folder: string, deadline: number) {
    this.#client = client;
    this.#folder = folder;
    this.#deadline = deadline;
  }

  /** Never rejects for what HDFS does; the folder is left for `removeScratch`. */
  async run(): Promise<Omit<Trial, 'passed'>> {
    for (const [name, work] of this.#plan()) {
      const begunMs = performance.now();
      try {
        if (begunMs > this.#deadline)
          throw new StoreError('unavailable', 'ETIMEDOUT', 'all of it took too long');
        await work();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        return this.#outcome({ step: name, error });
      }
      this.#steps.push({ name, tookMs: performance.now() - begunMs });
      if (this.#erasureCoded !== undefined) break;
    }
    return this.#outcome(undefined);
  }

  #plan(): [StepName, () => Promise<unknown>][] {
    return [
      ['scratch', () => this.#makeFolder()],
      ['create', () => this.#create(this.#path('claim-1/file'))],
      ['append', () => this.#appendSome()],
      ['read', () => this.#readBack()],
      ['truncate', () => this.#truncate()],
      ['claim', () => this.#rename('claim-1', 'claim-2')],
      ['fence', () => this.#tryOldToken()],
      ['publish', () => this.#rename('claim-2/file', 'published')],
      ['delete', () => this.#client.ask('DELETE', this.#path('published'), 'DELETE', { recursive: 'false' })],
    ];
  }

  #outcome(failure: Trial['failure']): Omit<Trial, 'passed'> {
    return {
      steps: this.#steps,
      appendsMs: this.#appendsMs,
      erasureCoded: this.#erasureCoded,
      file: this.#file,
      failure,
    };
  }

  async #makeFolder(): Promise<void> {
    await this.#client.ask('PUT', this.#path('claim-1'), 'MKDIRS');
    const status = await this.#status('claim-1');
    if (status.ecPolicy || status.ecBit) this.#erasureCoded = status.ecPolicy || 'of some policy';
  }

  async #create(path: string): Promise<void> {
    const parameters = { overwrite: 'false', createparent: 'false' };
    await this.#client.transfer('PUT', path, 'CREATE', { parameters, success: 201 });
  }

  async #append(path: string): Promise<void> {
    await this.#client.transfer('POST', path, 'APPEND', { body: [LINE], success: 200 });
  }

  async #appendSome(): Promise<void> {
    const untilMs = performance.now() + APPENDS.withinMs;
    const isTold = (): boolean => isClosedSlowly(this.#appendsMs) || performance.now() > untilMs;
    const done = (): boolean => this.#appendsMs.length >= APPENDS.least && isTold();
    while (this.#appendsMs.length < APPENDS.most && !done()) {
      const begunMs = performance.now();
      await this.#append(this.#path('claim-1/file'));
      this.#appendsMs.push(performance.now() - begunMs);
    }
    const { blockSize, replication } = await this.#status('claim-1/file');
    this.#file = { blockBytes: blockSize, replication, replicas: await this.#countReplicas(replication) };
  }

  /** A replica may be reported a moment after the append. */
  async #countReplicas(wanted: number): Promise<number | undefined> {
    const deadline = performance.now() + REPLICAS_WITHIN_MS;
    for (;;) {
      const replicas = await this.#askReplicas();
      if (replicas === undefined || replicas >= wanted || performance.now() > deadline) return replicas;
      await delay(ASK_AGAIN_MS);
    }
  }

  async #askReplicas(): Promise<number | undefined> {
    try {
      const answer = await this.#client.ask('GET', this.#path('claim-1/file'), 'GETFILEBLOCKLOCATIONS');
      const { BlockLocations } = answer as {
        BlockLocations?: { BlockLocation?: { hosts?: readonly unknown[] }[] };
      };
      return BlockLocations?.BlockLocation?.[0]?.hosts?.length;
    } catch (error) {
      if (error instanceof StoreError) return undefined;
      throw error;
    }
  }

  async #readBack(): Promise<void> {
    const path = this.#path('claim-1/file');
    const read = await this.#client.transfer('GET', path, 'OPEN', { success: 200 });
    if (read.equals(Buffer.concat(this.#appendsMs.map(() => LINE)))) return;
    throw notKept(`OPEN ${path} gave ${read.length} bytes that are not the ones written`);
  }

  /** Within the last line, as a torn one is cut; then waits until the file is whole again. */
  async #truncate(): Promise<void> {
    const path = this.#path('claim-1/file');
    const newlength = LINE.length * (this.#appendsMs.length - 1);
    await this.#client.ask('POST', path, 'TRUNCATE', { newlength: String(newlength) });
    const deadline = performance.now() + RECOVERY_WITHIN_MS;
    while (await this.#isHeld(path)) {
      if (performance.now() > deadline) {
        throw new StoreError(
          'unavailable',
          'ETIMEDOUT',
          `TRUNCATE ${path}: not over after ${RECOVERY_WITHIN_MS} ms`,
        );
      }
      await delay(ASK_AGAIN_MS);
    }
    const { length } = await this.#status('claim-1/file');
    if (length !== newlength) throw notKept(`TRUNCATE ${path} to ${newlength} bytes left ${length}`);
  }

  /** Asks as the sink does whether somebody still holds a file. */
  async #isHeld(path: string): Promise<boolean> {
    const error = await refusalOf(this.#client.ask('POST', path, 'TRUNCATE', { newlength: BEYOND_ANY_FILE }));
    if (error?.message.includes('Cannot truncate to a larger file size')) return false;
    if (error && ['AlreadyBeingCreatedException', 'RecoveryInProgressException'].includes(error.reason))
      return true;
    throw error ?? notKept(`TRUNCATE ${path} beyond its end was not refused`);
  }

  /** What an owner that was shut out might still send. */
  async #tryOldToken(): Promise<void> {
    const late = await refusalOf(this.#append(this.#path('claim-1/file')));
    if (late?.reason !== 'FileNotFoundException')
      throw late ?? notKept('APPEND under the old name was not refused');
    await this.#client.ask('PUT', this.#path('claim-1'), 'MKDIRS');
    const taken = await refusalOf(this.#rename('claim-1', 'claim-2'));
    if (taken?.kind !== 'exists')
      throw taken ?? notKept('RENAME onto a folder that is there was not refused');
  }

  async #rename(from: string, to: string): Promise<void> {
    const destination = this.#path(to);
    await this.#client.ask('PUT', this.#path(from), 'RENAME', { destination, renameoptions: 'NONE' });
  }

  async #status(name: string): Promise<FileStatus> {
    const answer = await this.#client.ask('GET', this.#path(name), 'GETFILESTATUS');
    return (answer as { FileStatus: FileStatus }).FileStatus;
  }

  #path(name: string): string {
    return `${this.#folder}/${name}`;
  }
}

interface FileStatus {
  readonly length: number;
  readonly blockSize: number;
  readonly replication: number;
  readonly ecBit?: boolean;
  readonly ecPolicy?: string;
}

/** Whether the appends show the delay; the first one is slow for other reasons. */
export const isClosedSlowly = (appendsMs: readonly number[]): boolean =>
  appendsMs.slice(1).filter((tookMs) => tookMs >= CLOSE_DELAY_MS).length >= 2;

const notKept = (message: string): StoreError => new StoreError('unavailable', NOT_KEPT, message);

async function refusalOf(request: Promise<unknown>): Promise<StoreError | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

/**
 * Removes the scratch folder, and those above it that were not there before, as far as they are empty still.
 *
 * @param made outermost first
 * @throws {StoreError}
 */
export async function removeScratch(
  client: WebHdfsClient,
  folder: string,
  made: readonly string[],
): Promise<void> {
  await client.ask('DELETE', folder, 'DELETE', { recursive: 'true' });
  for (const path of [...made].reverse()) {
    const refused = await refusalOf(client.ask('DELETE', path, 'DELETE', { recursive: 'false' }));
    // Somebody else has put something there meanwhile.
    if (refused) return;
  }
}
