import { afterEach, describe, expect, inject, it } from 'vitest';
import { fill } from '../bench/cluster/backlog.ts';
import { listStoredFiles, readStoredFiles } from '../support/hdfs/stored-files.ts';
import { sinkUrl } from '../support/hdfs/transport.ts';
import { CLEAN } from '../support/judge/judge.ts';
import { createTopic, deleteTopic } from '../support/kafka/topic.ts';
import { type RoleProcess, runRole, startRole } from '../support/process/role-process.ts';
import { readMetric, startSink } from '../support/process/sink-process.ts';
import { judgeWhenSettled } from '../support/stage/settled.ts';
import { until } from '../support/until.ts';

/** With a User-Agent less like a browser's the producer takes the client for a bot. */
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

const brokers = inject('kafkaBrokers');
const url = inject('hdfsUrl');

const running: RoleProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((role) => role.stop()));
});

function settingsOf(topic: string): Record<string, string> {
  return { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_GROUP: topic, HDFS_URL: sinkUrl() };
}

async function start<R extends RoleProcess>(starting: Promise<R>): Promise<R> {
  const role = await starting;
  running.push(role);
  await role.ready();
  return role;
}

async function select(producer: RoleProcess, user: string): Promise<Record<string, unknown>> {
  const query = new URLSearchParams({ service: 'blue', user });
  const response = await fetch(`${producer.url}/api/select?${query}`, {
    headers: { 'user-agent': BROWSER },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

async function storedLines(topic: string): Promise<Record<string, unknown>[]> {
  const files = await readStoredFiles({ url, dir: '/data', topic });
  return files.flatMap((file) =>
    file.content
      .toString()
      .trimEnd()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );
}

describe('producer and sink', () => {
  it('make an answered event a line in HDFS within 3 s', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    const producer = await start(startRole('producer', settingsOf(topic)));
    await start(startSink(settingsOf(topic)));
    const receipt = await select(producer, '김철수');
    const line = await until(async () => (await storedLines(topic)).find(({ id }) => id === receipt['id']), {
      what: 'the line is in HDFS',
      withinMs: 3_000,
      everyMs: 500,
    });
    expect(line).toEqual({
      id: receipt['id'],
      timestamp: receipt['timestamp'],
      userAgent: BROWSER,
      service: 'blue',
      user: '김철수',
      kafka_partition: receipt['partition'],
      kafka_offset: receipt['offset'],
    });
  });

  it('started again, add what is new to what is there, nothing twice', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    for (const round of [1, 2, 3]) {
      const producer = await start(startRole('producer', settingsOf(topic)));
      const sink = await start(startSink(settingsOf(topic)));
      for (let user = 0; user < 10; user++) await select(producer, `user-${round}-${user}`);
      expect(await producer.stop()).toEqual({ code: 0, signal: null });
      expect(await sink.stop()).toEqual({ code: 0, signal: null });
    }
    const sink = await start(startSink(settingsOf(topic)));
    const { verdict, records } = await judgeWhenSettled(brokers, { url, dir: '/data', topic });
    expect(verdict).toEqual(CLEAN);
    expect(records).toBe(30);
    expect(sink.logs()).not.toContain('"level":50');
  });
});

describe('the sink', () => {
  it('drains a backlog through buffers far smaller than it, pausing and resuming', async () => {
    const backlog = {
      brokers,
      topic: `backlog-${Date.now()}`,
      partitions: 3,
      messages: 30_000,
      messageBytes: 200,
    };
    await fill(backlog);
    const sink = await start(startSink({ ...settingsOf(backlog.topic), BUFFER_BYTES: '1048576' }));
    await until(async () => (await sink.lines()) === backlog.messages, {
      what: 'everything is durable',
      withinMs: 40_000,
    });
    const { verdict } = await judgeWhenSettled(brokers, { url, dir: '/data', topic: backlog.topic });
    expect(verdict).toEqual(CLEAN);
  });

  it('stops its partitions, and says why, where the topic is made anew under it and outgrows the old one', async () => {
    const backlog = { brokers, topic: `anew-${Date.now()}`, partitions: 1, messages: 10, messageBytes: 200 };
    await fill(backlog);
    const sink = await start(startSink(settingsOf(backlog.topic)));
    await until(async () => (await sink.lines()) === 10, { what: 'the old topic is stored' });
    await deleteTopic(brokers, backlog.topic);
    await fill({ ...backlog, messages: 1_000 });
    const readiness = async () => (await (await fetch(`${sink.url}/readyz`)).text()).match(/was made anew/);
    await until(async () => (await readiness()) !== null, { what: 'the sink says so', withinMs: 40_000 });
    expect(sink.logs()).toContain('is not the one that was stored so far');
  });

  it('drains on SIGTERM what it has read, though no flush is due', async () => {
    const topic = await createTopic(brokers, { partitions: 1 });
    const producer = await start(startRole('producer', settingsOf(topic)));
    const lazy = { FLUSH_COUNT: '1000', FLUSH_INTERVAL_MS: '600000' };
    const sink = await start(startSink({ ...settingsOf(topic), ...lazy }));
    await select(producer, 'kim');
    await until(async () => (await readMetric(sink.url, 'sink_buffered_bytes')) > 0, {
      what: 'the event is read',
    });
    expect(await storedLines(topic)).toEqual([]);
    expect(await sink.stop()).toEqual({ code: 0, signal: null });
    expect(await storedLines(topic)).toHaveLength(1);
  });

  it('publishes a segment that is due although nothing more comes', async () => {
    const topic = await createTopic(brokers, { partitions: 1 });
    const producer = await start(startRole('producer', settingsOf(topic)));
    await start(startSink({ ...settingsOf(topic), ROLL_INTERVAL_MS: '2000' }));
    const { timestamp } = await select(producer, 'kim');
    const hour = String(timestamp).slice(0, 13).replace('T', '/hour=');
    const zeros = '0'.repeat(20);
    const path = `/data/${topic}/dt=${hour}/${topic}-0-${zeros}-${zeros}.jsonl`;
    await until(async () => (await listStoredFiles({ url, dir: '/data', topic })).includes(path), {
      what: 'the segment is published',
    });
  });

  it('names every wrong setting and does not start', async () => {
    const { code, output } = await runRole('sink', {
      KAFKA_BROKERS: 'nowhere',
      KAFKA_CONFIG: '{"no.such":1,"group.id":"x"}',
      HDFS_URL: 'ftp://nowhere',
      HDFS_DIR: 'data',
      FLUSH_COUNT: '0',
      MANAGEMENT_PORT: 'eighty',
    });
    expect(code).toBe(1);
    for (const name of [
      'KAFKA_BROKERS',
      'KAFKA_CONFIG',
      'HDFS_URL',
      'HDFS_DIR',
      'FLUSH_COUNT',
      'MANAGEMENT_PORT',
    ]) {
      expect(output).toContain(`${name}: `);
    }
  });

  it('says which port is taken and ends', async () => {
    const topic = await createTopic(brokers);
    const sink = await start(startSink(settingsOf(topic)));
    const { code, output } = await runRole('sink', {
      ...settingsOf(topic),
      MANAGEMENT_PORT: new URL(sink.url).port,
    });
    expect(code).toBe(1);
    expect(output).toContain('set MANAGEMENT_HOST or MANAGEMENT_PORT');
  });
});
