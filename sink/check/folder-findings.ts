import { type Finding, ok, warn } from '../../infra/runtime/finding.ts';
import type { FileSystemError } from '../storage/errors.ts';
import { adviceFor, userIn } from './advice.ts';
import { inBytes } from './amounts.ts';
import type { FolderLook } from './folder-inspection.ts';
import type { QuotaLook } from './inspector/inspector.ts';

/** What the sink is going to need of the folder. */
export interface Need {
  readonly partitions: number;
  readonly blockBytes: number;
  readonly replication: number;
  readonly rollIntervalMs: number;
  readonly user: string;
}

const DAY_MS = 86_400_000;
/** A quota of names that lasts no longer is said. */
const NAMES_FOR_DAYS = 7;

export function judgeFolder(topicFolder: string, look: FolderLook, need: Need): Finding[] {
  const quotas = look.quotas.flatMap((quota) => judgeQuota(quota, need));
  const untold = look.untold.map(({ folder, error }) => judgeUntold(folder, error, need));
  const leftovers = look.leftovers.map((folder) =>
    warn(
      'folder',
      `${folder} is left of a check that was cut short`,
      `unless one is running now: "hdfs dfs -rm -r ${folder}"`,
    ),
  );
  const [made] = look.missing;
  const folder = ok(
    'folder',
    made === undefined ? `${topicFolder} is there` : `${made} is not there yet; the sink makes it`,
  );
  return [folder, ...quotas, ...untold, ...leftovers];
}

/** HDFS tells a quota to those alone who may read all that is below; for the folders above that is seldom the sink. */
function judgeUntold(folder: string, error: FileSystemError, { user }: Need): Finding {
  if (error.kind === 'refused') {
    return ok(
      'quota',
      `of ${folder} is not told to ${userIn(error.message) ?? user}; an administrator may: "hdfs dfs -count -q ${folder}"`,
    );
  }
  return warn('quota', `of ${folder} is not known: ${error.message}`, adviceFor(error, user));
}

function judgeQuota(quota: QuotaLook, need: Need): Finding[] {
  return quota.of === 'names' ? judgeNames(quota, need) : judgeSpace(quota, need);
}

/** HDFS charges an append a whole block times replication beforehand, and each partition may have one under way. */
function judgeSpace({ folder, of, limit, used }: QuotaLook, need: Need): Finding[] {
  const { partitions, blockBytes, replication } = need;
  const wanted = blockBytes * replication * partitions;
  const left = Math.max(0, limit - used);
  const kind = typeof of === 'string' ? 'space' : of.storageType;
  const says = `${folder} has ${inBytes(left)} left of its ${kind} quota of ${inBytes(limit)}`;
  if (left >= wanted) return [ok('quota', says)];
  const option = typeof of === 'string' ? '' : `-storageType ${of.storageType} `;
  const sum = `${inBytes(wanted)}: a block (${inBytes(blockBytes)}) x replication ${replication} x partitions ${partitions}`;
  const advice = `appends need ${sum}; "hdfs dfsadmin -setSpaceQuota <bytes> ${option}${folder}"`;
  return [warn('quota', says, advice)];
}

function judgeNames({ folder, limit, used }: QuotaLook, need: Need): Finding[] {
  const left = Math.max(0, limit - used);
  const segmentsADay = Math.max(24, DAY_MS / need.rollIntervalMs) * need.partitions;
  const folders = 25;
  const days = left / (segmentsADay + folders);
  const says = `${folder} has room for ${left} more files and folders of ${limit}`;
  if (days >= NAMES_FOR_DAYS) return [ok('quota', says)];
  const advice = `with these settings that lasts ${days.toFixed(1)} days at most; "hdfs dfsadmin -setQuota <number> ${folder}"`;
  return [warn('quota', says, advice)];
}
