import type { Receipt } from '../../../producer/contract/answer.ts';

/** What a client was told of one event by one request. */
export type Told =
  /** A receipt; the pixel's word for it has none. */
  | { readonly is: 'acked'; readonly receipt?: Receipt }
  /** Nothing was produced. */
  | { readonly is: 'refused'; readonly code: string }
  /** `outcome_unknown`, or no answer at all. */
  | { readonly is: 'unknown' };

export interface Attempt {
  /** Which of the processes that came one after the other was asked. */
  readonly process: number;
  readonly told: Told;
}

/** One event as its client knows it; nobody else has its service. */
export interface SentEvent {
  readonly service: string;
  readonly user: string;
  /** Where it brought one of its own. */
  readonly id?: string;
  /** Every request that carried it, in the order in which they were sent. */
  readonly attempts: readonly Attempt[];
}

/** A record as the topic has it. */
export interface StoredEvent {
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
  readonly timestamp: string;
  readonly service: string;
  readonly user: string;
}

/** Every breach of what the answers say, in words. All empty: each answer was true. */
export interface Breaches {
  /** Answered 200, and not where the receipt says, or nowhere. */
  readonly lost: readonly string[];
  /** More often on the topic than answers allow. */
  readonly doubled: readonly string[];
  /** Behind a later event of the same user, or in another partition than the others. */
  readonly reordered: readonly string[];
  /** Answered that nothing was produced, and on the topic; or on the topic, and sent by nobody. */
  readonly false: readonly string[];
}

export const TRUE_ANSWERS: Breaches = { lost: [], doubled: [], reordered: [], false: [] };

type Findings = { -readonly [K in keyof Breaches]: string[] };

/**
 * Holds what clients were told against what the topic has.
 *
 * @param sent in the order in which each user's events were sent
 */
export function judgeAnswers(sent: readonly SentEvent[], stored: readonly StoredEvent[]): Breaches {
  const findings: Findings = { lost: [], doubled: [], reordered: [], false: [] };
  const byService = groupBy(stored, ({ service }) => service);
  for (const event of sent) {
    judgeEvent(event, byService.get(event.service) ?? [], findings);
    byService.delete(event.service);
  }
  for (const [service] of byService) findings.false.push(`${service} was sent by nobody`);
  judgeOrder(sent, findings);
  return findings;
}

function judgeEvent(event: SentEvent, records: readonly StoredEvent[], findings: Findings): void {
  const told = event.attempts.map((attempt) => attempt.told);
  const acked = told.filter((one) => one.is === 'acked');
  const positions = new Set(acked.flatMap(({ receipt }) => (receipt ? [positionOf(receipt)] : [])));
  const withoutPosition = acked.length > 0 && positions.size === 0 ? 1 : 0;
  for (const { receipt } of acked) {
    if (receipt && !records.some((record) => isOf(record, receipt, event))) {
      findings.lost.push(`${event.service} is not at ${positionOf(receipt)}`);
    }
  }
  if (withoutPosition > records.length) findings.lost.push(`${event.service} is nowhere`);
  const unknown = told.filter(({ is }) => is === 'unknown').length;
  const allowed = positions.size + withoutPosition + unknown;
  if (records.length > allowed) {
    findings[allowed === 0 ? 'false' : 'doubled'].push(
      `${event.service} is ${records.length} times on the topic, and was answered ${describe(told)}`,
    );
  } else if (unknown === 0 && positions.size > storingProcesses(event)) {
    findings.doubled.push(`${event.service} was stored again under its id: ${[...positions].join(' and ')}`);
  }
}

/** An id is stored once by a process; one without, by each request. */
function storingProcesses({ id, attempts }: SentEvent): number {
  const acked = attempts.filter(({ told }) => told.is === 'acked');
  return id === undefined ? acked.length : new Set(acked.map(({ process }) => process)).size;
}

/** A user's events lie in one partition, in the order in which they were sent, one after the other's answer. */
function judgeOrder(sent: readonly SentEvent[], findings: Findings): void {
  for (const [user, events] of groupBy(sent, (event) => event.user)) {
    let last: Receipt | undefined;
    for (const { attempts } of events) {
      const [first] = attempts.flatMap(({ told }) => (told.is === 'acked' && told.receipt) || []);
      if (!first) continue;
      if (last && (first.partition !== last.partition || first.offset < last.offset)) {
        findings.reordered.push(`${user}: ${positionOf(first)} after ${positionOf(last)}`);
      }
      last = first;
    }
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function isOf(record: StoredEvent, receipt: Receipt, { id, user }: SentEvent): boolean {
  return (
    positionOf(record) === positionOf(receipt) &&
    record.id === receipt.id &&
    record.timestamp === receipt.timestamp &&
    record.user === user &&
    (id === undefined || record.id === id)
  );
}

function positionOf({ partition, offset }: { partition: number; offset: number }): string {
  return `${partition}/${offset}`;
}

function describe(told: readonly Told[]): string {
  return told.map((one) => (one.is === 'refused' ? one.code : one.is)).join(', ') || 'nothing';
}
