import type { BenchCluster } from '../cluster/bench-cluster.ts';
import { CLOSE_DELAYS_MS } from '../cluster/bench-hdfs.ts';
import { median } from '../figures/quantile.ts';
import { megabytes } from '../figures/resident-memory.ts';
import { circumstances, type Section, TITLES, table } from '../figures/results.ts';
import type { FlushOrder } from './flush-client.ts';
import { type Measured, measureFlushes, type Processors, SUBJECTS, type Subject } from './flush-run.ts';

const ROUNDS = 6;
const WARM_UP_ROUNDS = 2;
const ROUND_MS = 2_500;
const LINES = 10;
const LINE_BYTES = 200;
const DRAIN_BYTES = 8 * 1024 * 1024;
const orderOf = (files: number, bytes: number): FlushOrder => ({ files, bytes, forMs: ROUND_MS });
const SMALL = [1, 16, 64].map((files) => orderOf(files, LINES * LINE_BYTES));
const LARGE = [1, 3].map((files) => orderOf(files, DRAIN_BYTES));
const DATA_NODES = 3;

interface SetUp {
  /** How many of the DataNodes have a copy of each block. */
  readonly copies: number;
  readonly processors: Processors;
  readonly orders: readonly FlushOrder[];
}

const SET_UPS: readonly SetUp[] = [
  { copies: 1, processors: 'shared', orders: SMALL.slice(0, 2) },
  { copies: 3, processors: 'shared', orders: SMALL.slice(0, 2) },
  { copies: 3, processors: 'own', orders: [...SMALL, ...LARGE] },
];

/** Compares `hdfs://` with Hadoop's client and with WebHDFS: flushes a second, and their time. */
export async function benchFlushes(cluster: BenchCluster): Promise<Section> {
  const small: string[][] = [];
  const large: string[][] = [];
  for (const { copies, processors, orders } of SET_UPS) {
    const setUp = { closeDelayMs: CLOSE_DELAYS_MS.shipped, dataNodes: DATA_NODES, copies };
    const measured = await cluster.withHdfs(setUp, (hdfs) =>
      measureFlushes(hdfs, { processors, orders, rounds: ROUNDS, warmUpRounds: WARM_UP_ROUNDS }),
    );
    for (const order of orders) {
      const these = measured.filter((one) => one.order === order);
      const [rows, row] = order.bytes === DRAIN_BYTES ? [large, largeRow] : [small, smallRow];
      rows.push(...SUBJECTS.map((subject) => [String(copies), processors, ...row(subject, these)]));
    }
  }
  return { title: TITLES.flushes, body: report(small, large) };
}

const WHAT: Readonly<Record<Subject, string>> = {
  java: "Hadoop's client, Java",
  hdfs: '**`hdfs://`**',
  webhdfs: 'WebHDFS',
};

function smallRow(subject: Subject, measured: readonly Measured[]): string[] {
  const own = of(subject, measured);
  return [
    String(own[0]?.order.files),
    WHAT[subject],
    median(own.map(rate)).toFixed(0),
    ratioOf(rate, subject, measured),
    milliseconds(median(own.map(({ p50Ms }) => p50Ms))),
    milliseconds(median(own.map(({ p99Ms }) => p99Ms))),
    ratioOf(({ p50Ms }) => p50Ms, subject, measured),
    `${median(own.map(({ cpuSeconds, flushes }) => (1e6 * cpuSeconds) / flushes)).toFixed(0)} µs`,
    `${median(own.map(({ sentBytes, flushes }) => sentBytes / flushes)).toFixed(0)}`,
    `${megabytes(Math.max(...own.map(({ residentBytes }) => residentBytes)))} MB`,
  ];
}

function largeRow(subject: Subject, measured: readonly Measured[]): string[] {
  const own = of(subject, measured);
  const written = ({ flushes, order }: Measured) => (flushes * order.bytes) / 1e6;
  return [
    String(own[0]?.order.files),
    WHAT[subject],
    median(own.map((one) => written(one) / one.seconds)).toFixed(0),
    ratioOf(rate, subject, measured),
    milliseconds(median(own.map(({ p50Ms }) => p50Ms))),
    `${median(own.map((one) => (1_000 * one.cpuSeconds) / written(one))).toFixed(1)} ms`,
    `${megabytes(Math.max(...own.map(({ residentBytes }) => residentBytes)))} MB`,
  ];
}

const rate = ({ flushes, seconds }: Measured): number => flushes / seconds;
const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;

function of(subject: Subject, measured: readonly Measured[]): Measured[] {
  return measured.filter((one) => one.subject === subject);
}

/** The ratio to the figure of Java's client in the same round, median of the rounds. */
function ratioOf(figure: (one: Measured) => number, subject: Subject, measured: readonly Measured[]): string {
  const java = new Map(of('java', measured).map((one) => [one.round, figure(one)]));
  const ratios = of(subject, measured).map((one) => figure(one) / (java.get(one.round) ?? Number.NaN));
  return median(ratios).toFixed(2);
}

function report(small: readonly string[][], large: readonly string[][]): string {
  const smallHead = [
    'copies',
    'processors',
    'files',
    'client',
    'flushes/s',
    '÷ Java',
    'p50',
    'p99',
    'p50 ÷ Java',
    'CPU each',
    'bytes sent each',
    'memory',
  ];
  const largeHead = [
    'copies',
    'processors',
    'files',
    'client',
    'MB/s',
    '÷ Java',
    'p50',
    'CPU per MB',
    'memory',
  ];
  return `${circumstances()}

A flush is ${LINES} lines of ${LINE_BYTES} bytes. It is done when the lines are visible, and in each DataNode that
is to have a copy. For Java and \`hdfs://\` that is an \`hflush\`. For WebHDFS it is an append that was
answered.

One client writes all of the files. It flushes each file as fast as it can, one flush after another.
Java's client has a thread for each file, and both compilers of the JVM. There are ${DATA_NODES} DataNodes.
*Processors* says how the client and HDFS use the processors:

- *own*: the client has one processor for itself, and all of HDFS has the rest.
- *shared*: the client and HDFS share all processors.

After ${WARM_UP_ROUNDS} rounds to warm up come ${ROUNDS} rounds of ${ROUND_MS / 1_000} s. The clients take turns. The figures are medians,
the ratios those of one and the same round. *CPU* is the client's alone. *Memory* is the most that
the client's process had resident.

${table(smallHead, small)}

The same with ${DRAIN_BYTES / 1024 / 1024} MB in each flush, as in a sink that drains a backlog:

${table(largeHead, large)}`;
}
