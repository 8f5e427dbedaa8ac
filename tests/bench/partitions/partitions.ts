import type { BenchCluster } from '../cluster/bench-cluster.ts';
import { HDFS, WEBHDFS } from '../cluster/transports.ts';
import { circumstances, type Section, TITLES, table } from '../figures/results.ts';
import { MESSAGE_BYTES, measurePartitions, type PartitionsRun } from './partitions-run.ts';

const TRIALS = [
  { partitions: 100, eventsPerSecond: 0 },
  { partitions: 100, eventsPerSecond: 1_000 },
  { partitions: 1_000, eventsPerSecond: 0 },
  { partitions: 1_000, eventsPerSecond: 1_000 },
] as const;

/** A DataNode keeps room for a block of each open file, and the machine's disk is small. */
const BLOCK_BYTES = 8 * 1_048_576;

/** Times the start of a sink whose one worker has many partitions. */
export async function benchPartitions(cluster: BenchCluster): Promise<Section> {
  const rows: string[][] = [];
  for (const { name, first } of [HDFS, WEBHDFS]) {
    await cluster.withTransport({ ...first, blockBytes: BLOCK_BYTES }, async (hdfsUrl) => {
      for (const trial of TRIALS) {
        const run = await measurePartitions({ brokers: cluster.brokers, hdfsUrl, ...trial });
        rows.push([name, String(trial.partitions), loadOf(trial), ...row(run)]);
        console.log(`partitions: ${rows.at(-1)?.join(', ')}`);
      }
    });
  }
  return { title: TITLES.partitions, body: report(rows) };
}

const loadOf = ({ eventsPerSecond }: { readonly eventsPerSecond: number }): string =>
  eventsPerSecond === 0 ? 'none' : `${eventsPerSecond} events/s`;

const row = ({ seconds, slowestAnswerMs, badAnswers, residentBytes }: PartitionsRun): string[] => [
  `**${seconds.toFixed(1)} s**`,
  `${slowestAnswerMs.toFixed(0)} ms`,
  String(badAnswers),
  `${(residentBytes / 1e6).toFixed(0)} MB`,
];

function report(rows: readonly string[][]): string {
  const head = [
    'protocol',
    'partitions',
    'load',
    'all written after',
    'slowest `/livez`',
    'not 200',
    'memory',
  ];
  return `${circumstances()}

A sink with one worker starts on a new topic. The time runs from the start of the process until the
sink writes every partition. The load is events of ${MESSAGE_BYTES} bytes at random instants, spread over all
partitions. All the while \`/livez\` is asked five times a second. *Memory* is what supervisor and
worker have resident once every partition is written.

${table(head, rows)}`;
}
