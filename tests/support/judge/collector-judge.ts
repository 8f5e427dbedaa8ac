import type { Receipt } from '../../../producer/contract/answer.ts';

/** The answer to one request about one event. */
export type Told =
  /** The event is stored. The answer to a pixel has no receipt. */
  | { readonly is: 'acked'; readonly receipt?: Receipt }
  /** The producer stored nothing. */
  | { readonly is: 'refused'; readonly code: string }
  /** The answer was `outcome_unknown`, or no answer came. */
  | { readonly is: 'unknown' };

export interface Attempt {
  /** The producer process that was asked. Processes follow one another, and have numbers. */
  readonly process: number;
  readonly told: Told;
}

/** One event as its client knows it. No other event has the same service. */
export interface SentEvent {
  readonly service: string;
  readonly user: string;
  /** The id that the client gave it; undefined where the client gave none. */
  readonly id?: string;
  /** Every request that carried the event, in the order of sending. */
  readonly attempts: readonly Attempt[];
}

/** A record of the topic. */
export interface StoredEvent {
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
  readonly timestamp: string;
  readonly service: string;
  readonly user: string;
}

/** Contradictions between answers and topic, in words. All empty where each answer was true. */
export interface Breaches {
  /** Acked events that are not at the position of their receipt, or nowhere. */
  readonly lost: readonly string[];
  /** Events that the topic has more often than their answers allow. */
  readonly doubled: readonly string[];
  /** Events behind a later event of their user, or in another partition than the user's others. */
  readonly reordered: readonly string[];
  /** Events on the topic that were refused, or that no client sent. */
  readonly false: readonly string[];
}

export const TRUE_ANSWERS: Breaches = { lost: [], doubled: [], reordered: [], false: [] };

type Findings = { -readonly [K in keyof Breaches]: string[] };

/**
 * Compares the answers that clients got with the records of the topic.
 *
 * @param sent with the events of each user in the order of sending
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

/**
 * How often an event may be stored: with an id once by each process, without an id once by each
 * request.
 */
function storingProcesses({ id, attempts }: SentEvent): number {
  const acked = attempts.filter(({ told }) => told.is === 'acked');
  return id === undefined ? acked.length : new Set(acked.map(({ process }) => process)).size;
}

/**
 * A user's events must lie in one partition, in the order of sending. A client sends the next event
 * after the answer to the last.
 */
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
