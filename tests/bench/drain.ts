import { type Backlog, fill } from './backlog.ts';
import { type BenchCluster, TRANSPORTS } from './bench-cluster.ts';
import { type DrainRound, measureDrain } from './drain-run.ts';
import { median } from './quantile.ts';
import { circumstances, type Section, TITLES, table } from './results.ts';

const MESSAGES = 1_000_000;
const MESSAGE_BYTES = 200;
const PARTITIONS = 3;
const ROUNDS = 5;

/** How fast the sink drains a backlog, against a bare `consume()` of the same one, in turns. */
export async function benchDrain(cluster: BenchCluster): Promise<Section> {
  const backlog = {
    brokers: cluster.brokers,
    topic: 'backlog',
    partitions: PARTITIONS,
    messages: MESSAGES,
    messageBytes: MESSAGE_BYTES,
  };
  console.log(`filling a topic with ${MESSAGES} messages of ${MESSAGE_BYTES} bytes`);
  await fill(backlog);
  const rows: string[][] = [];
  for (const transport of Object.values(TRANSPORTS)) {
    const rounds = await cluster.withTransport(transport, (hdfsUrl) => inRounds(backlog, hdfsUrl));
    rows.push(row(transport.name, rounds));
  }
  return { title: TITLES.drain, body: report(rows) };
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

function row(name: string, rounds: readonly DrainRound[]): string[] {
  const sinks = rounds.map(({ sink }) => sink);
  const all = ratios(rounds);
  const range = `${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}`;
  return [
    name,
    `${(median(sinks.map(({ meanAppendSeconds }) => meanAppendSeconds)) * 1_000).toFixed(0)} ms`,
    median(rounds.map(({ bare }) => bare)).toFixed(0),
    median(sinks.map(({ messagesPerSecond }) => messagesPerSecond)).toFixed(0),
    `**${median(all).toFixed(2)}** (${range})`,
    `${(Math.max(...sinks.map(({ peakResidentBytes }) => peakResidentBytes)) / 1e6).toFixed(0)} MB`,
  ];
}

function report(rows: readonly string[][]): string {
  const head = ['HDFS', 'mean append', '`consume()` messages/s', 'sink messages/s', 'ratio', 'peak memory'];
  return `${circumstances()} ${MESSAGES.toLocaleString('en')} messages of ${MESSAGE_BYTES} bytes in ${PARTITIONS} partitions.
The reference reads them with \`consume()\` and throws them away; the sink makes them durable in HDFS, timed from its first claim
to the last durable line. Medians of ${ROUNDS} rounds; memory is the most that supervisor and worker had resident together. "Close
delay" is the DataNode's \`dfs.client.block.write.locateFollowingBlock.initial.delay.ms\`: 10 as shipped here, 400 as Hadoop ships it. One copy of
each block where nothing else is said.

${table(head, rows)}`;
}
