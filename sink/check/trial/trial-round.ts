import { FileSystemError } from '../../storage/errors.ts';
import type { FileSystem } from '../../storage/file-system.ts';
import type { Inspector, Obstacle } from '../inspector/inspector.ts';
import { NOT_KEPT } from '../retry-budget.ts';
import { measureAppends } from './append-times.ts';
import { refusalOf } from './refusal.ts';
import { type FileInspection, inspectFile } from './trial-file.ts';

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

export interface TrialFailure {
  readonly step: StepName;
  readonly error: FileSystemError;
}

/** How one round of the trial went. */
export interface RoundOutcome {
  /** The steps that succeeded. */
  readonly steps: readonly { readonly name: StepName; readonly tookMs: number }[];
  readonly appendsMs: readonly number[];
  /** What makes the folder unfit. The round then ends after one step. */
  readonly obstacle: Obstacle | undefined;
  readonly file: FileInspection | undefined;
  readonly failure: TrialFailure | undefined;
}

export interface TrialRoundOptions {
  readonly files: FileSystem;
  readonly inspector: Inspector;
  readonly folder: string;
  /**
   * The path of a published segment below the topic's folder, as long as one can be. The NameNode
   * has a limit for each name.
   */
  readonly published: string;
  /** By `performance.now()`. No step begins later. */
  readonly deadlineMs: number;
}

const LINE = Buffer.from('{"kafka_check":true}\n');
/** A DataNode finishes a truncation within a block, which takes about 3 s. */
const RECOVERY_WITHIN_MS = 30_000;

/**
 * Does in a folder the requests of the sink in the folder of a partition. It creates a file,
 * appends, truncates, claims by a rename and publishes by a rename. Exactly-once needs two promises
 * of HDFS, which some gateways break, so the round checks them. A claim fences the older token. A
 * rename never goes into or over an existing path.
 */
export class TrialRound {
  readonly #files: FileSystem;
  readonly #inspector: Inspector;
  readonly #folder: string;
  readonly #published: string;
  readonly #deadlineMs: number;
  readonly #steps: { name: StepName; tookMs: number }[] = [];
  readonly #appendsMs: number[] = [];
  #obstacle: Obstacle | undefined;
  #file: FileInspection | undefined;

  constructor({ files, inspector, folder, published, deadlineMs }: TrialRoundOptions) {
    this.#files = files;
    this.#inspector = inspector;
    this.#folder = folder;
    this.#published = published;
    this.#deadlineMs = deadlineMs;
  }

  /** Never rejects with a `FileSystemError`. The caller removes the folder. */
  async run(): Promise<RoundOutcome> {
    for (const [name, work] of this.#plan()) {
      const error = await refusalOf(this.#step(name, work));
      if (error) return this.#outcome({ step: name, error });
      if (this.#obstacle !== undefined) break;
    }
    return this.#outcome(undefined);
  }

  #plan(): [StepName, () => Promise<unknown>][] {
    return [
      ['scratch', () => this.#makeFolder()],
      ['create', () => this.#files.create(this.#path('claim-1/file'))],
      ['append', () => this.#append()],
      ['read', () => this.#readBack()],
      ['truncate', () => this.#truncate()],
      ['claim', () => this.#rename('claim-1', 'claim-2')],
      ['fence', () => this.#tryOldToken()],
      ['publish', () => this.#publish()],
      ['delete', () => this.#files.delete(this.#path(this.#published))],
    ];
  }

  async #step(name: StepName, work: () => Promise<unknown>): Promise<void> {
    const begunMs = performance.now();
    if (begunMs > this.#deadlineMs) {
      throw new FileSystemError('unavailable', 'ETIMEDOUT', 'all of it took too long');
    }
    await work();
    this.#steps.push({ name, tookMs: performance.now() - begunMs });
  }

  #outcome(failure: TrialFailure | undefined): RoundOutcome {
    return {
      steps: this.#steps,
      appendsMs: this.#appendsMs,
      obstacle: this.#obstacle,
      file: this.#file,
      failure,
    };
  }

  async #makeFolder(): Promise<void> {
    await this.#files.makeFolder(this.#path('claim-1'));
    this.#obstacle = await this.#inspector.obstacle(this.#path('claim-1'));
  }

  async #append(): Promise<void> {
    const path = this.#path('claim-1/file');
    await measureAppends(() => this.#files.append(path, [LINE]), this.#appendsMs);
    this.#file = await inspectFile(this.#files, this.#inspector, path);
  }

  async #readBack(): Promise<void> {
    const path = this.#path('claim-1/file');
    const written = Buffer.concat(this.#appendsMs.map(() => LINE));
    const read = await this.#files.read(path, 0, written.length);
    if (!read.equals(written)) throw notKept(`${path} has other bytes than the ones written`);
  }

  /** Cuts the last line, as the sink cuts a torn line, and waits until the file is closed again. */
  async #truncate(): Promise<void> {
    const path = this.#path('claim-1/file');
    const bytes = LINE.length * (this.#appendsMs.length - 1);
    await this.#files.finish(path);
    await this.#files.truncate(path, bytes);
    await this.#recoverLease(path);
    const left = (await this.#files.status(path))?.bytes;
    if (left !== bytes) throw notKept(`${path}, cut to ${bytes} bytes, has ${left}`);
  }

  async #recoverLease(path: string): Promise<void> {
    try {
      await this.#files.recoverLease(path, AbortSignal.timeout(RECOVERY_WITHIN_MS));
    } catch (error) {
      if (error instanceof FileSystemError) throw error;
      throw new FileSystemError('unavailable', 'ETIMEDOUT', `${path} is held after ${RECOVERY_WITHIN_MS} ms`);
    }
  }

  /** Sends the requests that a fenced owner might still send. */
  async #tryOldToken(): Promise<void> {
    const late = await refusalOf(this.#files.append(this.#path('claim-1/file'), [LINE]));
    if (late?.kind !== 'missing') {
      throw late ?? notKept('an append under the old name was not refused');
    }
    await this.#files.makeFolder(this.#path('claim-1'));
    const taken = await refusalOf(this.#rename('claim-1', 'claim-2'));
    if (taken?.kind !== 'exists') {
      throw taken ?? notKept('a rename onto a folder that is there was not refused');
    }
  }

  async #publish(): Promise<void> {
    await this.#files.makeFolder(this.#path(this.#published.replace(/\/[^/]*$/, '')));
    await this.#rename('claim-2/file', this.#published);
  }

  #rename(from: string, to: string): Promise<void> {
    return this.#files.rename(this.#path(from), this.#path(to));
  }

  #path(name: string): string {
    return `${this.#folder}/${name}`;
  }
}

const notKept = (message: string): FileSystemError => new FileSystemError('unavailable', NOT_KEPT, message);
