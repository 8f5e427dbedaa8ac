import { type BenchCluster, CLOSE_DELAYS_MS } from './bench-cluster.ts';
import type { FlushOrder } from './flush-client.ts';
import { type Measured, measureFlushes, SUBJECTS, type Subject } from './flush-run.ts';
import { median } from './quantile.ts';
import { megabytes } from './resident-memory.ts';
import { circumstances, type Section, TITLES, table } from './results.ts';

const ROUNDS = 6;
const WARM_UP_ROUNDS = 2;
const ROUND_MS = 2_500;
const LINES = 10;
const LINE_BYTES = 200;
const DRAIN_BYTES = 8 * 1024 * 1024;
const orderOf = (files: number, bytes: number): FlushOrder => ({ files, bytes, forMs: ROUND_MS });
const SMALL = [1, 16, 64].map((files) => orderOf(files, LINES * LINE_BYTES));
const LARGE = [1, 3].map((files) => orderOf(files, DRAIN_BYTES));
/** By how many DataNodes, and copies, there are. */
const ORDERS: ReadonlyMap<number, readonly FlushOrder[]> = new Map([
  [3, [...SMALL, ...LARGE]],
  [1, SMALL.slice(0, 2)],
]);

/** How many flushes a second, and how soon each is done: against Hadoop's own client, and over WebHDFS. */
export async function benchFlushes(cluster: BenchCluster): Promise<Section> {
  const small: string[][] = [];
  const large: string[][] = [];
  for (const [dataNodes, orders] of ORDERS) {
    const measured = await cluster.withHdfs({ closeDelayMs: CLOSE_DELAYS_MS.shipped, dataNodes }, (hdfs) =>
      measureFlushes(hdfs, { orders, rounds: ROUNDS, warmUpRounds: WARM_UP_ROUNDS }),
    );
    for (const order of orders) {
      const these = measured.filter((one) => one.order === order);
      const [rows, row] = order.bytes === DRAIN_BYTES ? [large, largeRow] : [small, smallRow];
      rows.push(...SUBJECTS.map((subject) => [String(dataNodes), ...row(subject, these)]));
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

/** Against Java's, as measured in the same round. */
function ratioOf(figure: (one: Measured) => number, subject: Subject, measured: readonly Measured[]): string {
  const java = new Map(of('java', measured).map((one) => [one.round, figure(one)]));
  const ratios = of(subject, measured).map((one) => figure(one) / (java.get(one.round) ?? Number.NaN));
  return median(ratios).toFixed(2);
}

function report(small: readonly string[][], large: readonly string[][]): string {
  const smallHead = [
    'DataNodes',
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
  const largeHead = ['DataNodes', 'files', 'client', 'MB/s', '÷ Java', 'p50', 'CPU per MB', 'memory'];
  return `${circumstances()} A flush is ${LINES} lines of ${LINE_BYTES} bytes that are in every DataNode, and visible, once it is done: hflush for Java and
\`hdfs://\`, an append that was answered for WebHDFS. Each file's flushes come one after another, as fast as they go, from one client with all of the files: Java's has a
thread for each, and both of its compilers. The client has a processor of its own, all of HDFS the other. As many copies as DataNodes. ${ROUNDS} rounds of ${ROUND_MS / 1_000} s after ${WARM_UP_ROUNDS} to warm
up, the clients in turns, medians, the ratios those of one and the same round. *CPU* is the client's alone.

${table(smallHead, small)}

The same with ${DRAIN_BYTES / 1024 / 1024} MB in each flush, as a sink that drains a backlog has them:

${table(largeHead, large)}`;
}
