import { type Finding, ok, warn } from '../../infra/runtime/cli/finding.ts';
import { isHidden } from '../ledger/layout.ts';
import type { FileSystemError } from '../storage/errors.ts';
import { type Actor, adviceFor, userIn } from './advice.ts';
import { inBytes } from './amounts.ts';
import type { FolderInspection } from './folder-inspection.ts';
import type { Quota } from './inspector/inspector.ts';

/** The load that the sink will put on the folder. */
export interface FolderLoad {
  readonly partitions: number;
  readonly blockBytes: number;
  readonly replication: number;
  readonly rollIntervalMs: number;
  readonly actor: Actor;
}

const DAY_MS = 86_400_000;
const HOURS_A_DAY = 24;
/** The folders of a day and of its 24 hours. */
const FOLDERS_A_DAY = 1 + HOURS_A_DAY;
/** A quota of names that lasts for less is worth a warning. */
const NAMES_FOR_DAYS = 7;

export function assessFolder(topicFolder: string, inspection: FolderInspection, load: FolderLoad): Finding[] {
  const { missing, quotas, untold, leftovers } = inspection;
  const [outermost] = missing;
  return [
    ok(
      'folder',
      outermost === undefined
        ? `${topicFolder} is there`
        : `${outermost} is not there yet; the sink makes it`,
    ),
    ...quotas.map((quota) => assessQuota(quota, load)),
    ...untold.map(({ folder, error }) => assessUntold(folder, error, load)),
    ...leftovers.map(leftover),
    ...hidden(topicFolder),
  ];
}

/** The names of the files begin with another word, but the folder is the topic's own. */
function hidden(topicFolder: string): Finding[] {
  const name = topicFolder.split('/').at(-1) ?? '';
  if (!isHidden(name)) return [];
  return [
    warn(
      'folder',
      `${topicFolder}: MapReduce and Hive skip a folder of such a name where it is the input itself`,
      `give them "${topicFolder}/dt=*/hour=*", or the partitions of a table`,
    ),
  ];
}

function leftover(folder: string): Finding {
  return warn(
    'folder',
    `${folder} is left of a check that was cut short`,
    `unless a check is running now: "hdfs dfs -rm -r ${folder}"`,
  );
}

/**
 * HDFS tells a quota only to users who may read everything below the folder. For the folders above
 * the topic's, the sink is seldom such a user.
 */
function assessUntold(folder: string, error: FileSystemError, { actor }: FolderLoad): Finding {
  if (error.kind === 'refused') {
    const user = userIn(error.message) ?? actor.user;
    const command = `"hdfs dfs -count -q ${folder}"`;
    return ok('quota', `of ${folder} is not told to ${user}; an administrator may: ${command}`);
  }
  return warn('quota', `of ${folder} is not known: ${error.message}`, adviceFor(error, actor));
}

function assessQuota(quota: Quota, load: FolderLoad): Finding {
  return quota.of === 'names' ? assessNames(quota, load) : assessSpace(quota, load);
}

/**
 * For each append HDFS first charges a whole block times replication. Every partition may have an
 * append under way.
 */
function assessSpace({ folder, of, limit, used }: Quota, load: FolderLoad): Finding {
  const { partitions, blockBytes, replication } = load;
  const wanted = blockBytes * replication * partitions;
  const left = Math.max(0, limit - used);
  const kind = typeof of === 'string' ? 'space' : of.storageType;
  const says = `${folder} has ${inBytes(left)} left of its ${kind} quota of ${inBytes(limit)}`;
  if (left >= wanted) return ok('quota', says);
  const option = typeof of === 'string' ? '' : `-storageType ${of.storageType} `;
  const sum = `${inBytes(wanted)}: a block (${inBytes(blockBytes)}) x replication ${replication} x partitions ${partitions}`;
  const advice = `appends need ${sum}; "hdfs dfsadmin -setSpaceQuota <bytes> ${option}${folder}"`;
  return warn('quota', says, advice);
}

function assessNames({ folder, limit, used }: Quota, { partitions, rollIntervalMs }: FolderLoad): Finding {
  const left = Math.max(0, limit - used);
  const segmentsADay = Math.max(HOURS_A_DAY, DAY_MS / rollIntervalMs) * partitions;
  const days = left / (segmentsADay + FOLDERS_A_DAY);
  const says = `${folder} has room for ${left} more files and folders of ${limit}`;
  if (days >= NAMES_FOR_DAYS) return ok('quota', says);
  const advice = `with these settings they last ${days.toFixed(1)} days at most; "hdfs dfsadmin -setQuota <number> ${folder}"`;
  return warn('quota', says, advice);
}
