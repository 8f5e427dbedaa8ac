import { type Finding, fail, ok, warn } from '../../../infra/runtime/cli/finding.ts';
import { type Actor, adviceFor } from '../advice.ts';
import { inTime } from '../amounts.ts';
import type { Obstacle } from '../inspector/inspector.ts';
import { NOT_KEPT } from '../retry-budget.ts';
import { CLOSE_DELAY_MS, isClosedSlowly } from './append-times.ts';
import type { Trial } from './trial.ts';
import type { FileInspection } from './trial-file.ts';
import type { StepName, TrialFailure } from './trial-round.ts';

const CLOSE_PROPERTY = `<property>
  <name>dfs.client.block.write.locateFollowingBlock.initial.delay.ms</name>
  <value>10</value>
</property>`;

const DONE: Readonly<Record<StepName, string>> = {
  scratch: 'a scratch folder made',
  create: 'a file made',
  append: 'lines appended',
  read: 'read back, and the same',
  truncate: 'a line cut off, the file whole again',
  claim: 'a folder renamed',
  fence: 'an older token is shut out, and a rename never goes over what is there',
  publish: 'a file renamed',
  delete: 'a file deleted',
};

export function assessTrial(trial: Trial, actor: Actor): Finding[] {
  if (trial.obstacle !== undefined) return [unfit(trial.obstacle)];
  const done = trial.steps
    .filter(({ name }) => name !== 'append')
    .map(({ name, tookMs }) => ok(name, `${DONE[name]}: ${inTime(tookMs)}`));
  const [before, after] = [done.slice(0, 2), done.slice(2)];
  const failed = trial.failure ? [failure(trial.failure, actor)] : trial.passed.map(passingFault);
  const found = [
    ...assessAppends(trial.appendsMs),
    ...assessReplicas(trial.file),
    ...assessLength(trial.file),
  ];
  return [...before, ...found, ...after, ...failed];
}

function unfit(obstacle: Obstacle): Finding {
  return obstacle.kind === 'encrypted' ? encrypted() : erasureCoded(obstacle.policy);
}

function encrypted(): Finding {
  return fail(
    'folder',
    'lies in an encryption zone, whose files hdfs:// can neither read nor write',
    'set HDFS_URL to WebHDFS (http:// or https://), whose DataNodes encrypt and decrypt, or HDFS_DIR to a folder outside of the zone',
  );
}

function erasureCoded(policy: string): Finding {
  return fail(
    'folder',
    `is erasure-coded (${policy}): HDFS can neither append to nor truncate such files`,
    'set HDFS_DIR to a folder that is replicated, or "hdfs ec -setPolicy -replicate -path <HDFS_DIR>/<topic>"',
  );
}

/** Such a fault often makes the sink slow. Seldom it means nothing. */
function passingFault({ step, error }: TrialFailure): Finding {
  return warn(step, error.message, 'it passed: all of it was tried again, as the sink does, and went well');
}

function failure({ step, error }: TrialFailure, actor: Actor): Finding {
  const advice =
    error.reason === NOT_KEPT
      ? 'exactly-once leans on this: set HDFS_URL to the WebHDFS of the NameNodes themselves'
      : adviceFor(error, actor);
  return fail(step, error.message, advice);
}

function assessAppends(appendsMs: readonly number[]): Finding[] {
  if (appendsMs.length === 0) return [];
  const sorted = [...appendsMs].sort((a, b) => a - b);
  const [fastest = 0, median = 0] = [sorted[0], sorted[Math.floor(sorted.length / 2)]];
  const says = `of ${sorted.length} appends the fastest took ${inTime(fastest)}, the median ${inTime(median)}`;
  if (!isClosedSlowly(appendsMs)) return [ok('append', says)];
  const advice = `by Hadoop's default an append waits ${CLOSE_DELAY_MS} ms, or else the DataNodes are busy; with this in their hdfs-site.xml it takes about 40 ms:`;
  return [warn('append', says, `${advice}\n${CLOSE_PROPERTY}`)];
}

function assessReplicas(file: FileInspection | undefined): Finding[] {
  if (file?.replicas === undefined) return [];
  const { replication, replicas } = file;
  const says = `replication is ${replication}, and the file has ${replicas}`;
  if (replicas >= replication) return [ok('replicas', says)];
  const advice =
    'are enough DataNodes alive? "hdfs dfsadmin -report"; with fewer copies a dead DataNode takes lines with it';
  return [warn('replicas', says, advice)];
}

function assessLength(file: FileInspection | undefined): Finding[] {
  if (file?.lengthFailure === undefined) return [];
  const advice =
    'let the sink reach the IPC port of every DataNode (dfs.datanode.ipc.address, 9867): without it a segment whose block ' +
    'cannot be recovered waits until its DataNode is restarted';
  return [warn('length', file.lengthFailure, advice)];
}
