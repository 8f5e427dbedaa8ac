import type { BenchCluster } from '../cluster/bench-cluster.ts';
import { median } from '../figures/quantile.ts';
import { circumstances, type Section, TITLES, table } from '../figures/results.ts';
import {
  CONNECTIONS,
  type Measured,
  measureCollector,
  PARTITIONS,
  SUBJECTS,
  type Subject,
} from './collector-run.ts';
import { BATCH_EVENTS } from './http-load.ts';

const ROUNDS = 5;
const ROUND_SECONDS = 6;

/** Compares the producer with the same server without its parts: events a second, and latency. */
export async function benchCollector({ brokers }: BenchCluster): Promise<Section> {
  const measured = await measureCollector({ brokers, rounds: ROUNDS, seconds: ROUND_SECONDS });
  const rows = CONNECTIONS.flatMap((connections) => {
    const these = measured.filter((one) => one.connections === connections);
    return SUBJECTS.map((subject) => row(subject, these));
  });
  return { title: TITLES.collector, body: report(rows) };
}

const WHAT: Readonly<Record<Subject, string>> = {
  bare: 'bare Hono, no-op',
  validated: 'validated, no Kafka',
  'in memory': 'the producer, no Kafka',
  collector: '**the producer**',
  'collector, batches': `the producer, batches of ${BATCH_EVENTS}`,
};

function row(subject: Subject, measured: readonly Measured[]): string[] {
  const own = measured.filter((one) => one.subject === subject);
  const against = (reference: Subject) =>
    ratioOf(
      own,
      measured.filter((one) => one.subject === reference),
    );
  return [
    String(own[0]?.connections),
    WHAT[subject],
    median(own.map(eventsPerSecond)).toFixed(0),
    ...(['bare', 'validated', 'in memory', 'collector'] as const).map(against),
    `${median(own.map(({ p50Ms }) => p50Ms))} ms`,
    `${median(own.map(({ p99Ms }) => p99Ms))} ms`,
  ];
}

/** The ratio to the reference in the same round, median of the rounds. */
function ratioOf(own: readonly Measured[], reference: readonly Measured[]): string {
  const ratios = own.map((one, round) => eventsPerSecond(one) / eventsPerSecond(reference[round] ?? one));
  return median(ratios).toFixed(2);
}

function eventsPerSecond({ subject, requestsPerSecond }: Measured): number {
  return subject === 'collector, batches' ? BATCH_EVENTS * requestsPerSecond : requestsPerSecond;
}

function report(rows: readonly string[][]): string {
  const head = [
    'connections',
    '',
    'events/s',
    '÷ bare',
    '÷ validated',
    '÷ no Kafka',
    '÷ single',
    'p50',
    'p99',
  ];
  return `${circumstances()}

The load (autocannon in a process of its own), the broker and the producer share the processors. So
the producer lacks the time that the broker and its client take. With each of them on a machine of
its own the ratios are better.

The topic has ${PARTITIONS} partitions. The broker acknowledges each event before the producer answers. In each
of ${ROUNDS} rounds the subjects take turns of ${ROUND_SECONDS} s. The figures are medians, the ratios those of one and
the same round.

- *Validated* reads the query, makes the record and answers, without middleware and counters. It is
  the strictest reference.
- *No Kafka* is the producer itself, above an event log in memory that acknowledges at once.
- *Single* is the producer with one event in each request.

The latencies are those of a request as the client sees it, while it sends as fast as it can. A
batch is one request.

${table(head, rows)}`;
}
