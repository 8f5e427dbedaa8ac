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

/** How many events the collector answers a second, and how soon, against the same without its parts. */
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
  'in memory': 'the collector, no Kafka',
  collector: '**the collector**',
  'collector, batches': `the collector, batches of ${BATCH_EVENTS}`,
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

/** Of what was measured in the same round. */
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
  return `${circumstances()} Load (autocannon in a process of its own), broker and collector share the processors, so that whatever
the broker and its client take is missing to the collector: with all on machines of their own the ratios are better. ${PARTITIONS} partitions, each event acknowledged by
the broker before it is answered; ${ROUNDS} rounds of ${ROUND_SECONDS} s, the subjects in turns, medians, the ratios those of one and the same round.
*Validated* reads the query, makes the record and answers, with no middleware and no counters: the strictest reference. *No Kafka* is the collector itself
above an event log in memory that acknowledges at once. Latencies are what the client sees of a request, a batch as one, while it sends as fast as it can.

${table(head, rows)}`;
}
