import type { Logger } from 'pino';
import { LedgerError, StoreError } from './errors.ts';
import { LONGEST_LINE_BYTES } from './line.ts';
import { checkChain, checkTail, inspectTail, lastOffset, segmentTime, type Tail } from './recovery.ts';
import type { Claim, FinishedSegment, OpenSegment, Store } from './store.ts';

/** The segment that takes the appends. It has an hour as soon as it has a line. */
export interface CurrentSegment {
  readonly first: number;
  readonly bytes: number;
  readonly content?: { readonly hour: number; readonly sinceMs: number; readonly last: number };
}

/**
 * The state of a partition in HDFS, as a claim found it. HDFS is the truth: the offset from which
 * the sink reads on follows from the ledger.
 */
export interface Ledger {
  readonly claim: Claim;
  readonly current: CurrentSegment;
  /** The complete segments that are not published yet, oldest first. */
  readonly finished: readonly FinishedSegment[];
  /** The offset after the last stored one. */
  readonly next: number;
  /** The line of offset `next - 1`, where an unpublished segment still has it. */
  readonly lastLine: Buffer | undefined;
}

export interface Claimant {
  readonly store: Store;
  readonly claim: Claim;
  /**
   * The id that tells the topic from another topic of the same name; undefined where Kafka has
   * none.
   */
  readonly topicId: () => Promise<string | undefined>;
  /** The topic's first offset. Called where the partition has no segment yet. */
  readonly earliestOffset: () => Promise<number>;
  /** After it has aborted, the claim changes nothing and waits for nothing. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** Most last lines, and the first line with a time, are within one read of this size. */
const WINDOW_BYTES = 65_536;
/** A line, a torn line behind it, and the line feed before them. */
const LARGEST_WINDOW_BYTES = 2 * LONGEST_LINE_BYTES + 1;

/**
 * Claims a partition and finds the next offset. The claim fences all other owners, waits for their
 * appends under way and cuts a torn last line. The next offset follows from the last complete line.
 * It cuts nothing before the whole ledger has proved to be the partition's. This is one attempt.
 * After any failure, the next attempt needs a new token.
 *
 * @throws {StoreError} where the caller should claim again
 * @throws {LedgerError} where the stored segments contradict each other, or another topic's id is
 * noted
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
  const { older, tail, ...settled } = await settle(claimant, newest.first);
  const finished = older.map(({ segment }) => segment);
  const current = await readCurrent(claimant, settled.newest, tail, finished.at(-1)?.hour);
  const next = current.content ? current.content.last + 1 : current.first;
  return { claim, current, finished, next, lastLine: tail.lastLine ?? older.at(-1)?.lastLine };
}

/** Offsets are unique within one topic only. A ledger belongs to the topic that it began with. */
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

interface SettledSegments {
  readonly newest: OpenSegment;
  readonly tail: Tail;
  readonly older: readonly OlderSegment[];
}

/** Waits until no other client can change the newest segment, and cuts a torn last line. */
async function settle(claimant: Claimant, first: number): Promise<SettledSegments> {
  const { store, claim, signal, log } = claimant;
  for (;;) {
    const { newest, before } = await listSettled(claimant, first);
    const older = await readOlder(claimant, before);
    checkChain(
      older.map(({ segment }) => segment),
      first,
    );
    const tail = await readTail(claimant, newest);
    checkTail(claim.partition, first, tail);
    if (tail.torn.length === 0) return { newest, tail, older };
    signal.throwIfAborted();
    const [bytes, cutBytes] = [newest.bytes, tail.torn.length];
    log.warn({ segment: first, bytes, cutBytes }, 'cutting a torn last line');
    await store.truncate(claim, first, tail.completeBytes);
  }
}

/** The segments, after no other client can change the newest of them. */
async function listSettled(
  { store, claim, signal }: Claimant,
  first: number,
): Promise<{ readonly newest: OpenSegment; readonly before: readonly OpenSegment[] }> {
  const recovered = await store.recoverLease(claim, first, signal);
  const segments = await store.segments(claim);
  const newest = segments.at(-1);
  if (newest?.first !== first || (recovered !== undefined && recovered !== newest.bytes)) {
    throw staleListing(first, newest, recovered);
  }
  return { newest, before: segments.slice(0, -1) };
}

/** A NameNode that is no longer active may still answer reads, from its older state. */
function staleListing(
  first: number,
  listed: OpenSegment | undefined,
  recovered: number | undefined,
): StoreError {
  const found = listed ? `segment ${listed.first} with ${listed.bytes}` : 'nothing';
  const message = `segment ${first} has ${recovered} bytes, but the newest listed is ${found}`;
  return new StoreError('unavailable', 'StaleListing', message);
}

async function readCurrent(
  claimant: Claimant,
  newest: OpenSegment,
  { completeBytes: bytes, lastLine }: Tail,
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
    const { first, modifiedMs } = found;
    const { torn, lastLine } = await readTail(claimant, found);
    if (!lastLine || torn.length > 0) {
      throw new LedgerError(`segment ${first} is followed by another, but is empty or ends with a torn line`);
    }
    const { hour } = segmentTime(await readHead(claimant, found), modifiedMs, older.at(-1)?.segment.hour);
    const last = lastOffset(claimant.claim.partition, first, lastLine);
    older.push({ segment: { first, last, hour }, lastLine });
  }
  return older;
}

async function readTail({ store, claim }: Claimant, { first, bytes }: OpenSegment): Promise<Tail> {
  if (bytes === 0) return { completeBytes: 0, lastLine: undefined, torn: Buffer.alloc(0) };
  for (let window = WINDOW_BYTES; ; window = Math.min(4 * window, LARGEST_WINDOW_BYTES)) {
    const at = Math.max(0, bytes - window);
    const tail = inspectTail(await store.read(claim, first, at, bytes - at), at);
    if (tail.kind === 'found') return tail;
    if (window === LARGEST_WINDOW_BYTES) {
      throw new LedgerError(`segment ${first} has no line of a sink in its last ${window} bytes`);
    }
  }
}

async function readHead({ store, claim }: Claimant, { first, bytes }: OpenSegment): Promise<Buffer> {
  return store.read(claim, first, 0, Math.min(WINDOW_BYTES, bytes));
}
