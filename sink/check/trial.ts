import { setTimeout as delay } from 'node:timers/promises';
import { FileSystemError } from '../storage/errors.ts';
import type { FileSystem } from '../storage/file-system.ts';
import type { Inspector, Layout } from './inspector/inspector.ts';
import { NOT_KEPT, Patience } from './retry-budget.ts';

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
export interface FileLook extends Layout {
  /** Replicas of its block; undefined where this HDFS does not tell. */
  readonly replicas: number | undefined;
  /** Why it is not told how long it is while somebody holds it. */
  readonly lengthFailure: string | undefined;
}

export interface TrialFailure {
  readonly step: StepName;
  readonly error: FileSystemError;
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

/**
 * Tries it out in a scratch folder, from the start and in a fresh place again where something went wrong that may pass:
 * just as the sink claims anew, and safe for the same reason.
 */
export async function tryOut(files: FileSystem, inspector: Inspector, scratch: string): Promise<Trial> {
  const deadline = performance.now() + ALL_WITHIN_MS;
  const patience = new Patience();
  const passed: TrialFailure[] = [];
  for (let round = 1; ; round++) {
    const trial = await new TrialRound({ files, inspector }, `${scratch}/${round}`, deadline).run();
    const { failure } = trial;
    if (!failure || performance.now() > deadline || !(await patience.has(failure.error))) {
      return { ...trial, passed };
    }
    passed.push(failure);
  }
}

interface Hdfs {
  readonly files: FileSystem;
  readonly inspector: Inspector;
}

/**
 * Does to a folder what the sink does to a partition's: make, append, cut, claim by a rename, publish by a
 * rename; and looks whether this HDFS keeps what exactly-once leans on: a claim shuts out the older token, and a rename
 * never goes into or over what is there. Some gateways answer otherwise.
 */
class TrialRound {
  readonly #files: FileSystem;
  readonly #inspector: Inspector;
  readonly #folder: string;
  readonly #deadline: number;
  readonly #steps: { name: StepName; tookMs: number }[] = [];
  readonly #appendsMs: number[] = [];
  #erasureCoded: string | undefined;
  #file: FileLook | undefined;

  constructor({ files, inspector }: Hdfs, folder: string, deadline: number) {
    this.#files = files;
    this.#inspector = inspector;
    this.#folder = folder;
    this.#deadline = deadline;
  }

  /** Never rejects for what HDFS does; the folder is left for `removeScratch`. */
  async run(): Promise<Omit<Trial, 'passed'>> {
    for (const [name, work] of this.#plan()) {
      const begunMs = performance.now();
      try {
        if (begunMs > this.#deadline)
          throw new FileSystemError('unavailable', 'ETIMEDOUT', 'all of it took too long');
        await work();
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
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
      ['create', () => this.#files.create(this.#path('claim-1/file'))],
      ['append', () => this.#appendSome()],
      ['read', () => this.#readBack()],
      ['truncate', () => this.#truncate()],
      ['claim', () => this.#rename('claim-1', 'claim-2')],
      ['fence', () => this.#tryOldToken()],
      ['publish', () => this.#rename('claim-2/file', 'published')],
      ['delete', () => this.#files.delete(this.#path('published'))],
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
    await this.#files.makeFolder(this.#path('claim-1'));
    this.#erasureCoded = await this.#inspector.erasureCoding(this.#path('claim-1'));
  }

  #append(path: string): Promise<void> {
    return this.#files.append(path, [LINE]);
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
    const path = this.#path('claim-1/file');
    const lengthFailure = (await refusalOf(this.#files.readableBytes(path)))?.message;
    const layout = await this.#inspector.layout(path);
    this.#file = { ...layout, replicas: await this.#countReplicas(layout.replication), lengthFailure };
  }

  /** A replica may be reported a moment after the append. */
  async #countReplicas(wanted: number): Promise<number | undefined> {
    const deadline = performance.now() + REPLICAS_WITHIN_MS;
    for (;;) {
      const replicas = await this.#inspector.replicas(this.#path('claim-1/file'));
      if (replicas === undefined || replicas >= wanted || performance.now() > deadline) return replicas;
      await delay(ASK_AGAIN_MS);
    }
  }

  async #readBack(): Promise<void> {
    const path = this.#path('claim-1/file');
    const written = Buffer.concat(this.#appendsMs.map(() => LINE));
    const read = await this.#files.read(path, 0, written.length);
    if (!read.equals(written)) throw notKept(`${path} has other bytes than the ones written`);
  }

  /** Within the last line, as a torn one is cut; then waits until the file is whole again. */
  async #truncate(): Promise<void> {
    const path = this.#path('claim-1/file');
    const bytes = LINE.length * (this.#appendsMs.length - 1);
    await this.#files.finish(path);
    await this.#files.truncate(path, bytes);
    await this.#settle(path);
    const left = (await this.#files.status(path))?.bytes;
    if (left !== bytes) throw notKept(`${path}, cut to ${bytes} bytes, has ${left}`);
  }

  async #settle(path: string): Promise<void> {
    try {
      await this.#files.settle(path, AbortSignal.timeout(RECOVERY_WITHIN_MS));
    } catch (error) {
      if (error instanceof FileSystemError) throw error;
      throw new FileSystemError('unavailable', 'ETIMEDOUT', `${path} is held after ${RECOVERY_WITHIN_MS} ms`);
    }
  }

  /** What an owner that was shut out might still send. */
  async #tryOldToken(): Promise<void> {
    const late = await refusalOf(this.#append(this.#path('claim-1/file')));
    if (late?.kind !== 'missing') throw late ?? notKept('an append under the old name was not refused');
    await this.#files.makeFolder(this.#path('claim-1'));
    const taken = await refusalOf(this.#rename('claim-1', 'claim-2'));
    if (taken?.kind !== 'exists')
      throw taken ?? notKept('a rename onto a folder that is there was not refused');
  }

  #rename(from: string, to: string): Promise<void> {
    return this.#files.rename(this.#path(from), this.#path(to));
  }

  #path(name: string): string {
    return `${this.#folder}/${name}`;
  }
}

/** Whether the appends show the delay; the first one is slow for other reasons. */
export const isClosedSlowly = (appendsMs: readonly number[]): boolean =>
  appendsMs.slice(1).filter((tookMs) => tookMs >= CLOSE_DELAY_MS).length >= 2;

const notKept = (message: string): FileSystemError => new FileSystemError('unavailable', NOT_KEPT, message);

async function refusalOf(request: Promise<unknown>): Promise<FileSystemError | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    if (error instanceof FileSystemError) return error;
    throw error;
  }
}

/**
 * Removes the scratch folder, and those above it that were not there before, as far as they are empty still.
 *
 * @param scratch.made folders above it, outermost first
 * @throws {FileSystemError}
 */
export async function removeScratch(
  files: FileSystem,
  inspector: Inspector,
  scratch: { readonly folder: string; readonly made: readonly string[] },
): Promise<void> {
  await files.delete(scratch.folder);
  for (const path of [...scratch.made].reverse()) {
    const refused = await refusalOf(inspector.deleteEmpty(path));
    // Somebody else has put something there meanwhile.
    if (refused) return;
  }
}
