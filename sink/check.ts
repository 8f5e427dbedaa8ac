import { randomUUID } from 'node:crypto';
import {
  couldWork,
  type Finding,
  fail,
  lines,
  settingsFinding,
  summary,
  warn,
} from '../infra/runtime/cli/finding.ts';
import { type Actor, adviceFor } from './check/advice.ts';
import { assessChannel } from './check/channel-findings.ts';
import { assessDataNodes } from './check/data-node-findings.ts';
import { inspectDataNodes } from './check/data-node-inspection.ts';
import { assessFolder } from './check/folder-findings.ts';
import { type FolderInspection, inspectFolder } from './check/folder-inspection.ts';
import { hdfsInspector } from './check/inspector/hdfs.ts';
import type { Inspector, Layout } from './check/inspector/inspector.ts';
import { assessNameNodes } from './check/name-node-findings.ts';
import { RetryBudget } from './check/retry-budget.ts';
import { assessTopic } from './check/topic-findings.ts';
import { inspectTopic } from './check/topic-inspection.ts';
import { removeScratch } from './check/trial/scratch-folder.ts';
import { type Trial, tryOut } from './check/trial/trial.ts';
import { assessTrial } from './check/trial/trial-findings.ts';
import type { TrialRoundOptions } from './check/trial/trial-round.ts';
import { printable, type SinkConfig } from './config.ts';
import { hourOf, publishedPath, scratchFolder } from './ledger/layout.ts';
import { hdfsFiles } from './storage/access/hdfs.ts';
import { FileSystemError } from './storage/errors.ts';
import type { FileSystem } from './storage/file-system.ts';

/** The longest deadline of a request of the check. The sink itself may wait longer. */
const ANSWER_WITHIN_MS = 10_000;

/**
 * The work of `--check`. It inspects the settings, the brokers, the topic, the NameNodes and the
 * DataNodes. In a scratch folder beside the ledger, it does what the sink does in the ledger. It
 * touches neither the group nor the ledger, and leaves nothing behind. It retries for a while a
 * request that fails and may succeed later. Every request has a deadline. All of it takes seconds,
 * and four minutes at worst.
 *
 * @returns whether the sink could work
 */
export async function check(config: SinkConfig, say: (line: string) => void): Promise<boolean> {
  const findings: Finding[] = [];
  const add = (found: readonly Finding[]): void => {
    findings.push(...found);
    for (const line of found.flatMap(lines)) say(line);
  };
  add([settingsFinding(printable(config))]);
  const topic = await inspectTopic(config);
  add(assessTopic(topic, config));
  const partitions = topic.kind === 'reached' ? topic.partitions.length : 0;
  await checkHdfs(config, Math.max(1, partitions), add);
  say(summary('sink', findings));
  return couldWork(findings);
}

type Add = (findings: readonly Finding[]) => void;

async function checkHdfs(config: SinkConfig, partitions: number, add: Add): Promise<void> {
  const HDFS_TIMEOUT_MS = Math.min(ANSWER_WITHIN_MS, config.HDFS_TIMEOUT_MS);
  const inspector = hdfsInspector({ ...config, HDFS_TIMEOUT_MS });
  const files = hdfsFiles({ ...config, HDFS_TIMEOUT_MS });
  try {
    const nameNodes = await inspector.nameNodes();
    add(assessNameNodes(nameNodes, actorOf(config)));
    add(assessChannel(config));
    if (!nameNodes.some(({ state }) => state === 'active')) return;
    await checkFolder({ files, inspector, config, partitions, add });
  } finally {
    files.close();
    inspector.close();
  }
}

interface Hdfs {
  readonly files: FileSystem;
  readonly inspector: Inspector;
}

interface FolderCheck extends Hdfs {
  readonly config: SinkConfig;
  readonly partitions: number;
  readonly add: Add;
}

async function checkFolder({ config, partitions, add, ...hdfs }: FolderCheck): Promise<void> {
  const topicFolder = `${config.HDFS_DIR}/${config.KAFKA_TOPIC}`;
  const actor = actorOf(config);
  try {
    const inspection = await inspectPatiently(hdfs, topicFolder);
    const scratch = `${topicFolder}/${scratchFolder(randomUUID())}`;
    // Before the trial, which may fail because of the DataNodes. Where this request fails, the
    // trial says why.
    const dataNodes = await inspectDataNodes(hdfs.inspector, scratch).catch(() => undefined);
    if (dataNodes) add(assessDataNodes(dataNodes));
    const published = longestPath(config.KAFKA_TOPIC, partitions);
    const trial = await tryOutAndTidy({ ...hdfs, folder: scratch, published }, inspection);
    add(assessTrial(trial, actor));
    const { blockBytes, replication } = trial.file ?? (await askDefaults(hdfs.inspector));
    const load = { partitions, blockBytes, replication, rollIntervalMs: config.ROLL_INTERVAL_MS, actor };
    add(assessFolder(topicFolder, inspection, load));
    if (trial.left) add([leftBehind(scratch, trial.left)]);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    add([fail('folder', error.message, adviceFor(error, actor))]);
  }
}

/** The actor for advice. A token does not name its owner. */
const actorOf = ({ HDFS_TOKEN_FILE, HDFS_USER, HDFS_DIR, KAFKA_TOPIC }: SinkConfig): Actor => ({
  user: HDFS_TOKEN_FILE === undefined ? HDFS_USER : "<the token's owner>",
  // HDFS_DIR=/ is read as an empty path.
  folder: HDFS_DIR || `/${KAFKA_TOPIC}`,
});

/** @throws {FileSystemError} */
async function inspectPatiently({ files, inspector }: Hdfs, topicFolder: string): Promise<FolderInspection> {
  const budget = new RetryBudget();
  for (;;) {
    try {
      return await inspectFolder(files, inspector, topicFolder);
    } catch (error) {
      if (!(error instanceof FileSystemError) || !(await budget.pauseForRetry(error))) throw error;
    }
  }
}

/** The published path of the topic with the longest name. */
const longestPath = (topic: string, partitions: number): string =>
  publishedPath(topic, partitions - 1, { first: 0, last: 0, hour: hourOf(Date.now()) });

async function tryOutAndTidy(
  options: Omit<TrialRoundOptions, 'deadlineMs'>,
  { missing }: FolderInspection,
): Promise<Trial & { readonly left: FileSystemError | undefined }> {
  let left: FileSystemError | undefined;
  const trial = await tryOut(options);
  const { files, inspector, folder } = options;
  // Always: a request without an answer may have made the folder.
  await removeScratch(files, inspector, { folder, made: missing }).catch((error: unknown) => {
    if (!(error instanceof FileSystemError)) throw error;
    left = error;
  });
  const made = trial.steps.length > 0 || trial.passed.some(({ step }) => step !== 'scratch');
  return { ...trial, left: made ? left : undefined };
}

function leftBehind(scratch: string, error: FileSystemError): Finding {
  return warn(
    'folder',
    `the scratch folder could not be removed: ${error.message}`,
    `"hdfs dfs -rm -r ${scratch}"`,
  );
}

/** The defaults of the cluster, or of Hadoop where the cluster does not tell them. */
async function askDefaults(inspector: Inspector): Promise<Layout> {
  try {
    return await inspector.defaultLayout();
  } catch (error) {
    if (error instanceof FileSystemError) return { blockBytes: 134_217_728, replication: 3 };
    throw error;
  }
}
