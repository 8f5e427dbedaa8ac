import { type Backlog, fill } from '../cluster/backlog.ts';
import type { BenchCluster } from '../cluster/bench-cluster.ts';
import { HDFS, type TransportKind, WEBHDFS } from '../cluster/transports.ts';
import { median } from '../figures/quantile.ts';
import { circumstances, type Section, TITLES, table } from '../figures/results.ts';
import { type DrainRound, measureDrain } from './drain-run.ts';

const MESSAGES = 1_000_000;
const MESSAGE_BYTES = 200;
const PARTITIONS = 3;
const ROUNDS = 5;

/** Compares the sink's drain of a backlog with a bare `consume()` of the same backlog, in turns. */
export async function benchDrain(cluster: BenchCluster): Promise<Section> {
  return { title: TITLES.drain, body: await drainInto(WEBHDFS, cluster) };
}

export async function benchHdfsDrain(cluster: BenchCluster): Promise<Section> {
  return { title: TITLES.hdfsDrain, body: await drainInto(HDFS, cluster) };
}

async function drainInto(kind: TransportKind, cluster: BenchCluster): Promise<string> {
  const backlog = {
    brokers: cluster.brokers,
    topic: `backlog-${kind.first.protocol}`,
    partitions: PARTITIONS,
    messages: MESSAGES,
    messageBytes: MESSAGE_BYTES,
  };
  console.log(`filling a topic with ${MESSAGES} messages of ${MESSAGE_BYTES} bytes`);
  await fill(backlog);
  const rows: string[][] = [];
  for (const transport of [kind.first, kind.second]) {
    const rounds = await cluster.withTransport(transport, (hdfsUrl) => inRounds(backlog, hdfsUrl));
    rows.push(row(transport.value, rounds));
  }
  return report(kind, rows);
}

async function inRounds(backlog: Backlog, hdfsUrl: string): Promise<DrainRound[]> {
  const rounds: DrainRound[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    rounds.push(await measureDrain(backlog, hdfsUrl));
    console.log(`drain, round ${round}: ${ratios(rounds).at(-1)?.toFixed(2)} of consume()`);
  }
  return rounds;
}

const ratios = (rounds: readonly DrainRound[]): number[] =>
  rounds.map(({ bare, sink }) => sink.messagesPerSecond / bare);

function row(value: string, rounds: readonly DrainRound[]): string[] {
  const sinks = rounds.map(({ sink }) => sink);
  const all = ratios(rounds);
  const range = `${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}`;
  return [
    value,
    `${(median(sinks.map(({ meanAppendSeconds }) => meanAppendSeconds)) * 1_000).toFixed(0)} ms`,
    median(rounds.map(({ bare }) => bare)).toFixed(0),
    median(sinks.map(({ messagesPerSecond }) => messagesPerSecond)).toFixed(0),
    `**${median(all).toFixed(2)}** (${range})`,
    `${(Math.max(...sinks.map(({ peakResidentBytes }) => peakResidentBytes)) / 1e6).toFixed(0)} MB`,
  ];
}

function report({ name, what, meaning }: TransportKind, rows: readonly string[][]): string {
  const head = [what, 'mean append', '`consume()` messages/s', 'sink messages/s', 'ratio', 'peak memory'];
  return `${circumstances()}

The topic has ${MESSAGES.toLocaleString('en')} messages of ${MESSAGE_BYTES} bytes in ${PARTITIONS} partitions. The reference reads them with
\`consume()\` and throws them away. The sink makes them durable over ${name}. Its time runs from its
first claim to the last durable line.

The figures are medians of ${ROUNDS} rounds. The ratio has its least and its greatest value in brackets.
*Peak memory* is the most that supervisor and worker had resident together.

${meaning}

${table(head, rows)}`;
}
