import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startHdfs } from '../../infra/local/hdfs-cluster.ts';
import { startKafka } from '../../infra/local/kafka-broker.ts';
import { root } from '../../infra/local/root.ts';
import { type Backlog, fill } from './backlog.ts';
import { type Drain, drain } from './sink-drain.ts';

/**
 * `npm run bench`: measures the sink's drain against a bare `consume()` of the same backlog in the same run, in turns,
 * on clusters of its own, with DataNodes that close quickly and at Hadoop's default, and writes RESULTS.md.
 */
const MESSAGES = 500_000;
const MESSAGE_BYTES = 200;
const PARTITIONS = 3;
const ROUNDS = 5;
const CLOSE_DELAYS_MS = [10, 400];

interface Round {
  readonly bare: number;
  readonly drain: Drain;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const million = (bytes: number): string => (bytes / 1e6).toFixed(0);

async function measureBare(backlog: Backlog): Promise<number> {
  const program = fileURLToPath(new URL('./bare-consume.js', import.meta.url));
  const { brokers, topic, partitions, messages } = backlog;
  const args = [program, brokers, topic, String(partitions), String(messages)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 300_000 });
  return Number(stdout);
}

async function measure(backlog: Backlog, folder: string, closeDelayMs: number): Promise<Round[]> {
  const hdfs = await startHdfs({ folder: join(folder, `hdfs-${closeDelayMs}`), closeDelayMs });
  try {
    const rounds: Round[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const bare = await measureBare(backlog);
      const drained = await drain(backlog, hdfs.url);
      rounds.push({ bare, drain: drained });
      const ratio = (drained.messagesPerSecond / bare).toFixed(2);
      say(`close delay ${closeDelayMs} ms, round ${round}: ${ratio} of ${bare.toFixed(0)} messages/s`);
    }
    return rounds;
  } finally {
    await hdfs.stop();
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function row(closeDelayMs: number, rounds: readonly Round[]): string {
  const ratios = rounds.map(({ bare, drain: { messagesPerSecond } }) => messagesPerSecond / bare);
  const cells = [
    `${closeDelayMs} ms`,
    `${(median(rounds.map(({ drain: d }) => d.meanAppendSeconds)) * 1_000).toFixed(0)} ms`,
    median(rounds.map(({ bare }) => bare)).toFixed(0),
    median(rounds.map(({ drain: d }) => d.messagesPerSecond)).toFixed(0),
    `**${median(ratios).toFixed(2)}** (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
    `${million(Math.max(...rounds.map(({ drain: d }) => d.peakResidentBytes)))} MB`,
  ];
  return `| ${cells.join(' | ')} |`;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'web-events-bench-'));
  const kafka = await startKafka({ folder: join(folder, 'kafka') });
  try {
    const backlog = {
      brokers: kafka.brokers,
      topic: 'bench',
      partitions: PARTITIONS,
      messages: MESSAGES,
      messageBytes: MESSAGE_BYTES,
    };
    say(`filling a topic with ${MESSAGES} messages of ${MESSAGE_BYTES} bytes`);
    await fill(backlog);
    const rows: string[] = [];
    for (const closeDelayMs of CLOSE_DELAYS_MS) {
      rows.push(row(closeDelayMs, await measure(backlog, folder, closeDelayMs)));
    }
    await writeFile(join(root, 'tests/bench/RESULTS.md'), report(rows));
    say(`\n${report(rows)}`);
  } finally {
    await kafka.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function report(rows: readonly string[]): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`;
  return `# Results of \`npm run bench\`

Written by the benchmark itself; ${machine}; broker, NameNode, DataNode and sink share these cores. Compare the
ratios, not the rates: the reference is measured in the same run, in turns.

## Draining a backlog

${MESSAGES.toLocaleString('en')} messages of ${MESSAGE_BYTES} bytes in ${PARTITIONS} partitions. The reference reads them with \`consume()\` and throws them
away; the sink makes them durable in HDFS, timed from its first claim to the last durable line. Medians of ${ROUNDS} rounds;
memory is the most that supervisor and worker had resident together. "Close delay" is the DataNode's
\`dfs.client.block.write.locateFollowingBlock.initial.delay.ms\`: 10 as shipped here, 400 as Hadoop ships it.

| close delay | mean append | \`consume()\` messages/s | sink messages/s | ratio | peak memory |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

await main();
