import { parseArgs } from 'node:util';
import { UsageError } from '../../infra/runtime/cli/command-line.ts';
import { terminalLines } from '../../infra/runtime/cli/terminal-text.ts';
import { versionLine } from '../../infra/runtime/cli/version.ts';
import { SettingsError } from '../../producer/contract/settings.ts';
import { readConfig, type SinkConfig } from '../config.ts';
import { hdfsFiles } from '../storage/access/hdfs.ts';
import { FileSystemError } from '../storage/errors.ts';
import { ProgressBar } from './progress-bar.ts';
import { TopicReader, TopicReaderError } from './reading/topic-reader.ts';
import { report, resultOf } from './report.ts';
import { Verification, type VerificationOutcome } from './verification.ts';

/** The command `npm run verify`: compares a topic with HDFS. */
const USAGE = `usage: verify [--settled] [--compacted] [--json] [--version]
  --settled    no sink writes any more: a record without a line counts as lost, a cut last line as torn
  --compacted  Kafka may have dropped single records (compaction): a line without a record is no fault
  --json       the result as JSON on standard output
The settings of the sink name Kafka and HDFS. Exits 0 if all is right, 1 if anything is wrong, 2 if that is unknown.`;

const EXIT = { right: 0, wrong: 1, unknown: 2 } as const;

interface Options {
  readonly settled: boolean;
  readonly compacted: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** @throws {UsageError} */
function readOptions(): Options {
  const option = { type: 'boolean', default: false } as const;
  try {
    const help = { ...option, short: 'h' };
    const options = { settled: option, compacted: option, json: option, help, version: option };
    return parseArgs({ options }).values;
  } catch (error) {
    // "Unknown option '--x'. To specify ...": the first sentence names the word.
    throw new UsageError(`${String(error).replace(/^TypeError: |\. [A-Z].*$/gs, '')}\n${USAGE}`);
  }
}

async function verify(config: SinkConfig, { settled, compacted }: Options): Promise<VerificationOutcome> {
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_CONFIG: properties } = config;
  const folder = `${config.HDFS_DIR}/${topic}`;
  const bar = new ProgressBar(process.stderr);
  const onProgress = (done: number, total: number) => bar.draw(done, total);
  const reader = await TopicReader.connect({ brokers, topic, config: properties });
  const files = hdfsFiles(config);
  try {
    const topicId = await reader.topicId();
    const options = { topic, folder, reader, files, topicId, settled, compacted, onProgress };
    return await new Verification(options).run();
  } finally {
    bar.clear();
    files.close();
    await reader.close();
  }
}

function write(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve()));
}

async function main(): Promise<number> {
  try {
    return await obey(readOptions());
  } catch (error) {
    if (!isExpected(error)) throw error;
    process.stderr.write(`${terminalLines(error.message)}\n`);
    return EXIT.unknown;
  }
}

async function obey(options: Options): Promise<number> {
  if (!options.help && !options.version) return printVerification(readConfig(), options);
  await write(options.help ? USAGE : versionLine('verify'));
  return EXIT.right;
}

async function printVerification(config: SinkConfig, options: Options): Promise<number> {
  const begunMs = performance.now();
  const outcome = await verify(config, options);
  const result = resultOf(outcome);
  const tookMs = Math.round(performance.now() - begunMs);
  const json = { topic: config.KAFKA_TOPIC, result, tookMs, ...outcome };
  await write(terminalLines(options.json ? JSON.stringify(json, null, 2) : report(outcome)));
  return EXIT[result];
}

const isExpected = (error: unknown): error is Error =>
  error instanceof UsageError ||
  error instanceof SettingsError ||
  error instanceof FileSystemError ||
  error instanceof TopicReaderError;

process.exit(await main());
