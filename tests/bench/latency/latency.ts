import { readConfig } from '../../../sink/config.ts';
import type { BenchCluster } from '../cluster/bench-cluster.ts';
import { HDFS, type TransportKind, WEBHDFS } from '../cluster/transports.ts';
import { median, quantile } from '../figures/quantile.ts';
import { circumstances, type Section, TITLES, table } from '../figures/results.ts';
import { EVENTS_PER_SECOND, type LatencyRound, MESSAGE_BYTES, measureLatency } from './latency-run.ts';

interface Trial {
  readonly partitions: number;
  readonly settings: Readonly<Record<string, string>>;
}

const AT_ONCE = { FLUSH_COUNT: '1', FLUSH_INTERVAL_MS: '0' };
const DEFAULTS = {};
const TRIALS = {
  first: [
    { partitions: 1, settings: AT_ONCE },
    { partitions: 3, settings: AT_ONCE },
    { partitions: 1, settings: DEFAULTS },
    { partitions: 3, settings: DEFAULTS },
  ],
  second: [
    { partitions: 1, settings: AT_ONCE },
    { partitions: 1, settings: DEFAULTS },
  ],
} as const satisfies Readonly<Record<string, readonly Trial[]>>;
const ROUNDS = 4;
const ROUND_MS = 15_000;

/**
 * Compares an event's time from acked to durable under a steady load with the time of one bare
 * append on the same cluster.
 */
export async function benchLatency(cluster: BenchCluster): Promise<Section> {
  return { title: TITLES.latency, body: await timeOver(WEBHDFS, cluster) };
}

export async function benchHdfsLatency(cluster: BenchCluster): Promise<Section> {
  return { title: TITLES.hdfsLatency, body: await timeOver(HDFS, cluster) };
}

async function timeOver(kind: TransportKind, cluster: BenchCluster): Promise<string> {
  const rows: string[][] = [];
  for (const which of ['first', 'second'] as const) {
    await cluster.withTransport(kind[which], async (hdfsUrl) => {
      for (const trial of TRIALS[which]) {
        const { brokers } = cluster;
        const rounds = await measureLatency({
          brokers,
          hdfsUrl,
          ...trial,
          rounds: ROUNDS,
          roundMs: ROUND_MS,
        });
        rows.push([kind[which].value, String(trial.partitions), flushes(trial, hdfsUrl), ...row(rounds)]);
        console.log(`latency: ${rows.at(-1)?.join(', ')}`);
      }
    });
  }
  return report(kind, rows);
}

/** `FLUSH_COUNT` and `FLUSH_INTERVAL_MS` as the sink has them. */
function flushes({ settings }: Trial, hdfsUrl: string): string {
  const { FLUSH_COUNT, FLUSH_INTERVAL_MS } = readConfig({ HDFS_URL: hdfsUrl, ...settings });
  return `${FLUSH_COUNT}, ${FLUSH_INTERVAL_MS}${settings === DEFAULTS ? ' (default)' : ''}`;
}

function row(rounds: readonly LatencyRound[]): string[] {
  const idle = rounds.flatMap(({ idleAppendsMs }) => idleAppendsMs);
  const beside = rounds.flatMap(({ besideAppendsMs }) => besideAppendsMs);
  const sink = rounds.flatMap(({ sinkAppendsMs }) => sinkAppendsMs);
  const total = rounds.flatMap(({ latencies }) => latencies.map(({ totalMs }) => totalMs));
  const [p50, p99] = [median(total), quantile(total, 0.99)];
  const against = (reference: readonly number[]): string =>
    `**${(p50 / median(reference)).toFixed(2)}**, ${(p99 / median(reference)).toFixed(2)}`;
  return [
    ...[idle, beside, sink].map((tookMs) => milliseconds(median(tookMs), quantile(tookMs, 0.99))),
    milliseconds(p50, p99),
    against(idle),
    against(beside),
  ];
}

const milliseconds = (...ms: number[]): string =>
  `${ms.map((each) => each.toFixed(each < 1 ? 2 : each < 10 ? 1 : 0)).join(', ')} ms`;

function report(kind: TransportKind, rows: readonly string[][]): string {
  const head = [
    kind.what,
    'partitions',
    '`FLUSH_COUNT`, `FLUSH_INTERVAL_MS`',
    'bare append, idle',
    'bare append, beside',
    "sink's append",
    'acked to durable',
    'times bare, idle',
    'times bare, beside',
  ];
  const bare =
    kind === HDFS
      ? 'one line to a file of its own that stays\n  open.'
      : 'one line to a file of its own, by way of\n  NameNode and DataNode.';
  return `${circumstances()}

The load is ${EVENTS_PER_SECOND} events a second of ${MESSAGE_BYTES} bytes, at random (Poisson) instants. After a warm-up come
${ROUNDS} rounds of ${ROUND_MS / 1_000} s. Each cell has the median and the 99th percentile. *Times bare* is the time from
acked to durable over the *median* of the bare append. Instants are in whole milliseconds.

- *Acked*: the client that produced the record has its delivery report.
- *Durable*: HDFS has acknowledged the append over ${kind.name} that carries the record.
- *Bare append*: a client that does nothing else appends ${bare}
- *Idle*: one bare append after another before each round, while nothing else happens.
- *Beside*: a bare append twice a second while the sink writes.

${table(head, rows)}`;
}
