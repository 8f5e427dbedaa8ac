import { readStoredFiles, type StoreLocation } from '../hdfs/stored-files.ts';
import { type ExpectedRecord, judge, type Verdict } from '../judge/judge.ts';
import { readTopic } from '../kafka/topic.ts';
import { until } from '../until.ts';

/** To read a file all the time while it is appended to disturbs its DataNode. */
const READ_EVERY_MS = 1_000;

/**
 * Waits until HDFS has as many lines as the topic has records, then judges. With `expected` it
 * takes these records instead of the topic's.
 */
export async function judgeWhenSettled(
  brokers: string,
  location: StoreLocation,
  withinMs = 30_000,
  expected?: readonly ExpectedRecord[],
): Promise<{ verdict: Verdict; records: number }> {
  const records = expected ?? (await readTopic(brokers, location.topic));
  const enough = async () => {
    // After an append lost its DataNode, the file is unreadable until HDFS has recovered it.
    const files = await readStoredFiles(location).catch(() => []);
    const lines = files.reduce((sum, file) => sum + file.content.filter((byte) => byte === 10).length, 0);
    return lines >= records.length ? files : undefined;
  };
  const files = await until(enough, {
    what: 'everything is in HDFS',
    withinMs,
    everyMs: READ_EVERY_MS,
  }).catch(() => readStoredFiles(location));
  return { verdict: judge(records, files), records: records.length };
}
