import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { claimFolder } from '../../../sink/ledger/layout.ts';
import { WebHdfsFileSystem } from '../../../sink/storage/webhdfs/file-system.ts';
import { TopicReader } from '../../../sink/verify/reading/topic-reader.ts';
import { isWrong, type Verdict } from '../../../sink/verify/verdict.ts';
import { Verification, type VerificationOutcome } from '../../../sink/verify/verification.ts';
import { RawHdfs, SUPERUSER } from '../../support/hdfs/hdfs-raw.ts';
import { PlantedTopic, plantedLine, plantedLines } from '../../support/hdfs/planted-topic.ts';
import { startLoad } from '../../support/kafka/load.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { startSink } from '../../support/process/sink-process.ts';
import { HdfsProxy } from '../../support/proxy/hdfs-proxy.ts';
import { until } from '../../support/until.ts';

const brokers = inject('kafkaBrokers');
const hdfsUrl = inject('hdfsUrl');
const dir = '/verify-live';
const hdfs = new RawHdfs(hdfsUrl);

async function verify(topic: string, url = hdfsUrl, settled = false): Promise<VerificationOutcome> {
  const reader = await TopicReader.connect({ brokers, topic, config: {} });
  const files = new WebHdfsFileSystem({ nameNodes: [new URL(url)], user: SUPERUSER, timeoutMs: 20_000 });
  try {
    return await new Verification({
      topic,
      folder: `${dir}/${topic}`,
      reader,
      files,
      topicId: undefined,
      settled,
      compacted: false,
      onProgress: () => undefined,
    }).run();
  } finally {
    files.close();
    await reader.close();
  }
}

const wrong = ({ verdicts, strays }: VerificationOutcome): unknown[] => [
  ...verdicts.filter((verdict) => isWrong(verdict) || verdict.failure !== undefined),
  ...strays,
];

describe('verify, while files move and grow', () => {
  let planted: PlantedTopic;
  let proxy: HdfsProxy;
  let open: string;
  beforeAll(async () => {
    planted = await PlantedTopic.make({ brokers, url: hdfsUrl, dir }, 30);
  });
  beforeEach(async () => {
    proxy = await HdfsProxy.start(hdfsUrl);
    open = `${planted.folder}/${planted.open(20)}`;
    await planted.plant({
      [planted.published(0, 19)]: plantedLines(0, 19),
      [planted.open(20)]: plantedLines(20, 24),
    });
  });
  afterEach(() => proxy.close());

  const rename = (from: string, destination: string) =>
    hdfs.ask('PUT', from, 'RENAME', { destination, renameoptions: 'NONE' });
  const claimed = (token: string) => claimFolder({ partition: 0, token });
  const claim = () => rename(`${planted.folder}/${claimed('token')}`, `${planted.folder}/${claimed('next')}`);
  const only = (found: VerificationOutcome): Verdict | undefined => found.verdicts[0];

  it.each(['LISTSTATUS', 'GETFILESTATUS', 'OPEN'])(
    'follows a segment claimed just before its %s',
    async (op) => {
      const path = new RegExp(`/${claimed('token')}${op === 'LISTSTATUS' ? '' : '/.*jsonl'}$`);
      proxy.next({ op, path, to: 'namenode' }, { kind: 'before', act: claim });
      const found = await verify(planted.topic, proxy.url);
      expect(wrong(found)).toEqual([]);
      expect(only(found)).toMatchObject({ lines: 25, pending: 5 });
      expect(proxy.injected.size).toBe(1);
    },
  );

  it.each(['GETFILESTATUS', 'OPEN'])(
    'follows a segment rolled and published just before its %s',
    async (op) => {
      const roll = async () => {
        await hdfs.send('PUT', await hdfs.location('PUT', open.replace(/20\.jsonl$/, '25.jsonl'), 'CREATE'));
        await rename(open, `${planted.folder}/${planted.published(20, 24)}`);
      };
      proxy.next(
        { op, path: new RegExp(`/${planted.open(20)}$`), to: 'namenode' },
        { kind: 'before', act: roll },
      );
      const found = await verify(planted.topic, proxy.url);
      expect(wrong(found)).toEqual([]);
      expect(only(found)).toMatchObject({ lines: 25, pending: 5 });
      expect(proxy.injected.size).toBe(1);
    },
  );

  it('follows a segment replaced by a copy', async () => {
    const replace = async () => {
      const copy = open.replace(/\.jsonl$/, '.copy-next');
      await hdfs.send('PUT', await hdfs.location('PUT', copy, 'CREATE'), plantedLines(20, 24));
      await hdfs.ask('PUT', copy, 'RENAME', { destination: open, renameoptions: 'OVERWRITE' });
    };
    proxy.next({ op: 'GETFILESTATUS', path: /20\.jsonl$/ }, { kind: 'before', act: replace });
    const found = await verify(planted.topic, proxy.url);
    expect(wrong(found)).toEqual([]);
    expect(only(found)).toMatchObject({ lines: 25, pending: 5 });
    expect(proxy.injected.size).toBe(1);
  });

  it('takes back a torn line that a claim cut off, and reads what was written in its place', async () => {
    expect(await hdfs.append(open, plantedLine(25).slice(0, 9))).toMatchObject({ status: 200 });
    const cutAndGoOn = async () => {
      const newlength = String(plantedLines(20, 24).length);
      const { status, body } = await hdfs.ask('POST', open, 'TRUNCATE', { newlength });
      if (status !== 200) throw new Error(`TRUNCATE ${open}: ${body}`);
      const lines = plantedLines(25, 29);
      await until(async () => (await hdfs.append(open, lines)).status === 200, {
        what: 'the writer goes on',
      });
    };
    let gone: Promise<void> | undefined;
    const act = () => {
      gone = cutAndGoOn();
      return gone;
    };
    proxy.next({ op: 'OPEN', path: /20\.jsonl$/ }, { kind: 'after', act });
    const found = await verify(planted.topic, proxy.url);
    await gone;
    expect(wrong(found)).toEqual([]);
    expect(only(found)).toMatchObject({ lines: 30, pending: 0, unfinished: false });
  });

  it('does not ask for what came after it began', async () => {
    const produceAndStore = async () => {
      const load = await startLoad({ brokers, topic: planted.topic, eventsPerSecond: 0 });
      load.add({ partition: 0, key: null, value: Buffer.from('{"n":30}') });
      await load.stop();
      await hdfs.append(open, plantedLines(25, 30));
    };
    proxy.next({ op: 'GETFILESTATUS', path: /20\.jsonl$/ }, { kind: 'before', act: produceAndStore });
    const found = await verify(planted.topic, proxy.url);
    expect(wrong(found)).toEqual([]);
    expect(only(found)).toMatchObject({ high: 30, lines: 31, pending: 0 });
  });

  it('reads again what could not be read', async () => {
    proxy.rule({ op: 'OPEN' }, { kind: 'refuse' }, 3);
    proxy.rule({ op: 'OPEN', to: 'namenode' }, { kind: 'swallow' }, 2);
    const found = await verify(planted.topic, proxy.url);
    expect(wrong(found)).toEqual([]);
    expect(only(found)?.lines).toBe(25);
    expect([...proxy.injected.values()]).toEqual([2, 3]);
  });
});

describe('verify, beside a sink under load', () => {
  it('finds nothing wrong while it writes, rolls and starts again, nor when it has stopped', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    const settings = {
      KAFKA_BROKERS: brokers,
      KAFKA_TOPIC: topic,
      KAFKA_GROUP: topic,
      KAFKA_INSTANCE_ID: topic,
      HDFS_URL: hdfsUrl,
      HDFS_DIR: dir,
      ROLL_BYTES: '50000',
    };
    const load = await startLoad({ brokers, topic, eventsPerSecond: 200 });
    let sink = await startSink(settings);
    try {
      await sink.writes(30_000);
      for (let round = 0; round < 3; round++) expect(wrong(await verify(topic))).toEqual([]);
      await sink.killAll();
      expect(wrong(await verify(topic))).toEqual([]);
      sink = await startSink(settings);
      await sink.writes(30_000);
      expect(wrong(await verify(topic))).toEqual([]);
      await load.stop();
      await until(async () => (await verify(topic)).verdicts.every(({ pending }) => pending === 0), {
        what: 'everything is stored',
        withinMs: 30_000,
        everyMs: 1_000,
      });
    } finally {
      await load.stop();
      await sink.stop();
    }
    const found = await verify(topic, hdfsUrl, true);
    expect(wrong(found)).toEqual([]);
    expect(found.verdicts.reduce((sum, { lines }) => sum + lines, 0)).toBe(load.acked);
  });
});
