import { expect } from 'vitest';
import { readStoredFiles } from '../../support/hdfs/stored-files.ts';
import { dropRecords, readTopic } from '../../support/kafka/topic.ts';
import { readMetric } from '../../support/process/sink-process.ts';
import { disaster, EITHER } from '../../support/stage/disaster.ts';
import type { Stage } from '../../support/stage/stage.ts';
import { until } from '../../support/until.ts';

const PARTITIONS = [0, 1, 2];
const DROPPED_EACH = 50;
const LINE_FEED = 0x0a;

disaster('Kafka drops records before they are stored', { over: EITHER, withinMs: 120_000 }, async (stage) => {
  const { brokers, topic } = stage;
  const first = await stage.startSink();
  await stage.begins();
  expect(await first.stop()).toEqual({ code: 0, signal: null });
  const stored = await storedRecords(stage);
  const end = (partition: number) => stored.filter((record) => record.partition === partition).length;
  const low = PARTITIONS.map((partition) => ({ topic, partition, offset: end(partition) + DROPPED_EACH }));
  const acked = stage.load.acked;
  // The keys spread evenly, so each partition then has more records than the test drops.
  const isPast = () => stage.load.acked > acked + 10 * DROPPED_EACH * PARTITIONS.length;
  await until(isPast, { what: 'the topic goes on', withinMs: 60_000 });
  await dropRecords(brokers, low);
  stage.count('records dropped');

  const careful = await stage.startSink({ ON_GAP: 'stop' });
  const stopped = async () => (await readMetric(careful.url, 'sink_partition_stopped')) === PARTITIONS.length;
  await until(stopped, { what: 'all partitions are stopped', withinMs: 30_000 });
  expect(await (await fetch(`${careful.url}/readyz`)).text()).toContain('dropped offsets');
  expect(await careful.stop()).toEqual({ code: 0, signal: null });

  const bold = await stage.startSink({ ON_GAP: 'continue' });
  await stage.begins();
  expect(await readMetric(bold.url, 'sink_skipped_offsets_total')).toBe(DROPPED_EACH * PARTITIONS.length);
  expect(bold.logs()).toContain('Kafka dropped records before they were stored');
  await stage.load.stop();
  await stage.judge({ expected: [...stored, ...(await readTopic(brokers, topic))] });
});

/** The topic's records that HDFS has. No sink may be writing. */
async function storedRecords({ brokers, topic, location }: Stage) {
  const next = new Map<number, number>();
  for (const { partition, first, content } of await readStoredFiles(location)) {
    const lines = content.filter((byte) => byte === LINE_FEED).length;
    next.set(partition, Math.max(next.get(partition) ?? 0, first + lines));
  }
  const records = await readTopic(brokers, topic);
  return records.filter(({ partition, offset }) => offset < (next.get(partition) ?? 0));
}
