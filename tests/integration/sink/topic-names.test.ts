import { afterEach, expect, inject, test } from 'vitest';
import { check } from '../../../sink/check.ts';
import { readConfig } from '../../../sink/config.ts';
import { hdfsFiles } from '../../../sink/storage/access/hdfs.ts';
import { listTopic } from '../../../sink/verify/reading/listing.ts';
import { listStoredFiles } from '../../support/hdfs/stored-files.ts';
import { sinkUrl } from '../../support/hdfs/transport.ts';
import { startLoad } from '../../support/kafka/load.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { type SinkProcess, startSink } from '../../support/process/sink-process.ts';
import { until } from '../../support/until.ts';

const brokers = inject('kafkaBrokers');
const url = inject('hdfsUrl');
const UUID_CHARS = 36;
const LONGEST_TOPIC_CHARS = 249;

const running: SinkProcess[] = [];
afterEach(() => Promise.all(running.splice(0).map((sink) => sink.stop())));

/** The rule of Hadoop's `FileInputFormat`, by which Hive, Spark and MapReduce pass files over. */
const isHidden = (name: string) => name.startsWith('_') || name.startsWith('.');

test.each([
  ['_events', '_'],
  ['.events', '.'],
  ['of 206 characters', 'x'.repeat(206 - UUID_CHARS)],
  ['of 249 characters', 'x'.repeat(LONGEST_TOPIC_CHARS - UUID_CHARS)],
  ['hidden, of 249 characters', `_${'x'.repeat(LONGEST_TOPIC_CHARS - UUID_CHARS - 1)}`],
])(
  'a topic called %s is published where readers see it, and verify finds each line',
  async (_, prefix) => {
    const topic = await createTopic(brokers, { prefix });
    const load = await startLoad({ brokers, topic, eventsPerSecond: 0 });
    for (let n = 0; n < 20; n++) load.add({ partition: 0, key: null, value: Buffer.from(`{"n":${n}}`) });
    await load.stop();
    const settings = { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_GROUP: topic, HDFS_URL: sinkUrl() };
    const sink = await startSink({ ...settings, ROLL_BYTES: '1' });
    running.push(sink);
    const published = async () =>
      (await listStoredFiles({ url, dir: '/data', topic })).filter((path) => path.includes('/dt='));
    await until(async () => (await published()).length > 0, { what: 'a file is published' });
    await until(async () => (await sink.lines()) === 20, { what: 'all is stored' });
    const names = (await published()).map((path) => path.split('/').at(-1) ?? '');
    expect(names.filter(isHidden)).toEqual([]);
    const config = readConfig(settings);
    const files = hdfsFiles(config);
    const listing = await listTopic(files, `/data/${topic}`, topic);
    files.close();
    expect(listing.strays).toEqual([]);
    expect(listing.files.filter(({ last }) => last !== undefined)).toHaveLength(names.length);
    const said: string[] = [];
    expect([
      await check(config, (line) => said.push(line)),
      said.filter((line) => line.startsWith('FAIL')),
    ]).toEqual([true, []]);
  },
  120_000,
);
