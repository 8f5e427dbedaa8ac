import { type BenchCluster, TRANSPORTS, type Transport } from './bench-cluster.ts';
import { EVENTS_PER_SECOND, type LatencyRound, MESSAGE_BYTES, measureLatency } from './latency-run.ts';
import { median, quantile } from './quantile.ts';
import { circumstances, type Section, TITLES, table } from './results.ts';

interface Trial {
  readonly partitions: number;
  readonly flushCount: number;
  readonly flushIntervalMs: number;
}

const AT_ONCE = { flushCount: 1, flushIntervalMs: 0 };
const DEFAULT = { flushCount: 10, flushIntervalMs: 1_000 };
const TRIALS: ReadonlyMap<Transport, readonly Trial[]> = new Map<Transport, readonly Trial[]>([
  [
    TRANSPORTS.hdfs,
    [
      { partitions: 1, ...AT_ONCE },
      { partitions: 3, ...AT_ONCE },
      { partitions: 1, ...DEFAULT },
    ],
  ],
  [TRANSPORTS.hdfsOfThree, [{ partitions: 3, ...AT_ONCE }]],
  [
    TRANSPORTS.webHdfs,
    [
      { partitions: 1, ...AT_ONCE },
      { partitions: 3, ...AT_ONCE },
      { partitions: 1, ...DEFAULT },
    ],
  ],
  [TRANSPORTS.webHdfsOfHadoop, [{ partitions: 1, ...AT_ONCE }]],
]);
const ROUNDS = 4;
const ROUND_MS = 15_000;

/** How long an event takes from acked to durable under a steady load, against one bare append on the same cluster. */
export async function benchLatency(cluster: BenchCluster): Promise<Section> {
  const rows: string[][] = [];
  for (const [transport, trials] of TRIALS) {
    await cluster.withTransport(transport, async (hdfsUrl) => {
      for (const trial of trials) {
        const rounds = await tryOut(trial, { brokers: cluster.brokers, hdfsUrl });
        rows.push([transport.name, ...row(trial, rounds)]);
        console.log(`latency: ${rows.at(-1)?.join(', ')}`);
      }
    });
  }
  return { title: TITLES.latency, body: report(rows) };
}

function tryOut(trial: Trial, where: { brokers: string; hdfsUrl: string }): Promise<LatencyRound[]> {
  const { partitions, flushCount, flushIntervalMs } = trial;
  const settings = { FLUSH_COUNT: String(flushCount), FLUSH_INTERVAL_MS: String(flushIntervalMs) };
  return measureLatency({ ...where, partitions, settings, rounds: ROUNDS, roundMs: ROUND_MS });
}

function row({ partitions, flushCount, flushIntervalMs }: Trial, rounds: readonly LatencyRound[]): string[] {
  const idle = rounds.flatMap(({ idleAppendsMs }) => idleAppendsMs);
  const beside = rounds.flatMap(({ besideAppendsMs }) => besideAppendsMs);
  const sink = rounds.flatMap(({ sinkAppendsMs }) => sinkAppendsMs);
  const total = rounds.flatMap(({ latencies }) => latencies.map(({ totalMs }) => totalMs));
  const [p50, p99] = [median(total), quantile(total, 0.99)];
  const against = (reference: readonly number[]): string =>
    `**${(p50 / median(reference)).toFixed(2)}**, ${(p99 / median(reference)).toFixed(2)}`;
  return [
    String(partitions),
    `${flushCount}, ${flushIntervalMs}`,
    ...[idle, beside, sink].map((tookMs) => milliseconds(median(tookMs), quantile(tookMs, 0.99))),
    milliseconds(p50, p99),
    against(idle),
    against(beside),
  ];
}

const milliseconds = (...ms: number[]): string =>
  `${ms.map((each) => each.toFixed(each < 1 ? 2 : 0)).join(', ')} ms`;

function report(rows: readonly string[][]): string {
  const head = [
    'HDFS',
    'partitions',
    '`FLUSH_COUNT`, `FLUSH_INTERVAL_MS`',
    'bare append, idle',
    'bare append, beside',
    "sink's append",
    'acked to durable',
    'times bare, idle',
    'times bare, beside',
  ];
  return `${circumstances()} ${EVENTS_PER_SECOND} events a second of ${MESSAGE_BYTES} bytes at random (Poisson) instants, ${ROUNDS} rounds of ${ROUND_MS / 1_000} s after a
warm-up. Each cell has the median and the 99th percentile, the ratios those of acked to durable over the *median* of the bare append.
*Acked* is when the producer had the delivery report, *durable* when the append that carries the record was answered, over \`hdfs://\` when all DataNodes
had acknowledged it: instants in whole milliseconds. A *bare append* is one line appended to a file of its own by a client that does nothing else, with NameNode's hop and
DataNode's over WebHDFS, to a file that stays open over \`hdfs://\`: *idle* one after another before each round, when nothing else happens, *beside* twice a second while
the sink writes. One copy of each block where nothing else is said.

${table(head, rows)}`;
}
