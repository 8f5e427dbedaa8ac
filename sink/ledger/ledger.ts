import { LedgerError, StoreError } from './errors.ts';
import { checkChain, inspectTail, lastOffset, segmentTime } from './recovery.ts';
import type { Claim, FinishedSegment, OpenSegment, Store } from './store.ts';

/** The segment that is appended to; it has an hour once it has a line. */
export interface CurrentSegment {
  readonly first: number;
  readonly bytes: number;
  readonly content?: { readonly hour: number; readonly sinceMs: number; readonly last: number };
}

/** What HDFS holds of a partition, as a claim found it. HDFS is the truth: where to read on follows from it. */
export interface Ledger {
  readonly claim: Claim;
  readonly current: CurrentSegment;
  /** Complete segments that wait to be published, oldest first. */
  readonly finished: readonly FinishedSegment[];
  /** The offset after the last stored one. */
  readonly next: number;
  /** The line at `next - 1`, where it is in an unpublished segment still. */
  readonly lastLine: Buffer | undefined;
}

export interface Claimant {
  readonly store: Store;
  readonly claim: Claim;
  /** What tells the topic from another one of the same name, where there is such a thing. */
  readonly topicId: () => Promise<string | undefined>;
  /** The topic's first offset, asked where the partition has no segment yet. */
  readonly earliestOffset: () => Promise<number>;
  /** Once aborted nothing is changed any more, and nobody is waited for. */
  readonly signal: AbortSignal;
}

/** Most last lines, and a first line with a time, are found in one look of this size. */
const LOOK_BYTES = 65_536;

/**
 * Claims a partition and reads how far it got: fences everybody else, waits for what they have under way, cuts a
 * torn last line, and learns the next offset from the last complete one. One attempt; whatever goes wrong, the next
 * needs a new token.
 *
 * @throws {StoreError} to claim again
 * @throws {LedgerError} where what is stored contradicts itself
 */
export async function claimLedger(claimant: Claimant): Promise<Ledger> {
  const { store, claim, signal } = claimant;
  await store.claim(claim, signal);
  await checkTopic(claimant);
  const newest = (await store.segments(claim)).at(-1);
  if (!newest) {
    const first = await claimant.earliestOffset();
    signal.throwIfAborted();
    await store.create(claim, first);
    return { claim, current: { first, bytes: 0 }, finished: [], next: first, lastLine: undefined };
  }
  const tail = await recoverTail(claimant, newest.first);
  const segments = await store.segments(claim);
  const older = await readOlder(claimant, segments.slice(0, -1));
  const finished = older.map(({ segment }) => segment);
  checkChain(finished, newest.first);
  const current = await readCurrent(claimant, segments.at(-1) ?? newest, tail, finished.at(-1)?.hour);
  const next = current.content ? current.content.last + 1 : current.first;
  return { claim, current, finished, next, lastLine: tail.lastLine ?? older.at(-1)?.lastLine };
}

/** Offsets mean something within one topic only; the ledger is that of the topic it was begun with. */
async function checkTopic({ store, claim, signal, topicId }: Claimant): Promise<void> {
  const noted = await store.topicId(claim);
  const id = await topicId();
  signal.throwIfAborted();
  if (id === undefined || id === noted) return;
  if (noted === undefined) return store.noteTopicId(claim, id);
  throw new LedgerError(
    `the topic (id ${id}) is not the one that was stored so far (id ${noted}): it was made anew; ` +
      'give the new one another name or another HDFS_DIR',
  );
}

interface CompleteTail {
  readonly completeBytes: number;
  readonly lastLine: Buffer | undefined;
}

/** Waits until nobody can change the newest segment any more and its last line is complete. */
async function recoverTail(claimant: Claimant, first: number): Promise<CompleteTail> {
  const { store, claim, signal } = claimant;
  for (;;) {
    const recovered = await store.recoverLease(claim, first, signal);
    const bytes = (await store.segments(claim)).find((segment) => segment.first === first)?.bytes ?? 0;
    if (recovered !== undefined && recovered !== bytes) throw staleListing(first, bytes, recovered);
    const tail = await readTail(claimant, first, bytes);
    if (tail.completeBytes === bytes) return tail;
    signal.throwIfAborted();
    await store.truncate(claim, first, tail.completeBytes);
  }
}

/** A NameNode that lost its office may still answer reads, with what it knew then. */
function staleListing(first: number, bytes: number, recovered: number): StoreError {
  const message = `segment ${first} has ${recovered} bytes, but is listed with ${bytes}`;
  return new StoreError('unavailable', 'StaleListing', message);
}

async function readCurrent(
  claimant: Claimant,
  newest: OpenSegment,
  { completeBytes: bytes, lastLine }: CompleteTail,
  notBeforeHour: number | undefined,
): Promise<CurrentSegment> {
  const { first } = newest;
  if (!lastLine) return { first, bytes };
  const last = lastOffset(claimant.claim.partition, first, lastLine);
  const time = segmentTime(await readHead(claimant, newest), newest.modifiedMs, notBeforeHour);
  return { first, bytes, content: { ...time, last } };
}

interface OlderSegment {
  readonly segment: FinishedSegment;
  readonly lastLine: Buffer;
}

async function readOlder(claimant: Claimant, segments: readonly OpenSegment[]): Promise<OlderSegment[]> {
  const older: OlderSegment[] = [];
  for (const found of segments) {
    const { first, bytes, modifiedMs } = found;
    const { completeBytes, lastLine } = await readTail(claimant, first, bytes);
    if (!lastLine || completeBytes !== bytes) {
      throw new LedgerError(`segment ${first} is followed by another, but is empty or ends with a torn line`);
    }
    const { hour } = segmentTime(await readHead(claimant, found), modifiedMs, older.at(-1)?.segment.hour);
    const last = lastOffset(claimant.claim.partition, first, lastLine);
    older.push({ segment: { first, last, hour }, lastLine });
  }
  return older;
}

async function readTail({ store, claim }: Claimant, first: number, bytes: number): Promise<CompleteTail> {
  if (bytes === 0) return { completeBytes: 0, lastLine: undefined };
  for (let look = LOOK_BYTES; ; look *= 4) {
    const at = Math.max(0, bytes - look);
    const tail = inspectTail(await store.read(claim, first, at, bytes - at), at);
    if (tail.kind === 'found') return tail;
  }
}

async function readHead({ store, claim }: Claimant, { first, bytes }: OpenSegment): Promise<Buffer> {
  return store.read(claim, first, 0, Math.min(LOOK_BYTES, bytes));
}
