import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { SettingsError } from '../../../producer/contract/settings.ts';
import { printable, readConfig } from '../../../sink/config.ts';

type Variables = Parameters<typeof readConfig>[0];

function problems(env: Variables): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

test('without any variable the sink is set for this machine', () => {
  expect(readConfig({})).toEqual({
    KAFKA_BROKERS: '127.0.0.1:9092',
    KAFKA_TOPIC: 'web-events',
    KAFKA_CONFIG: {},
    KAFKA_GROUP: 'hdfs-sink',
    KAFKA_SESSION_TIMEOUT_MS: expect.any(Number),
    HDFS_URL: [new URL('hdfs://127.0.0.1:8020')],
    HDFS_USER: userInfo().username,
    HDFS_HEADERS: {},
    HDFS_ALLOW_PLAIN_REDIRECT: false,
    HDFS_DIR: '/data',
    HDFS_TIMEOUT_MS: 30_000,
    HDFS_SYNC: false,
    HDFS_USE_DATANODE_HOSTNAME: false,
    FLUSH_COUNT: 10,
    FLUSH_INTERVAL_MS: 10,
    ROLL_BYTES: 134_217_728,
    ROLL_INTERVAL_MS: 3_600_000,
    BUFFER_BYTES: 67_108_864,
    ON_GAP: 'continue',
    DRAIN_TIMEOUT_MS: 10_000,
    MANAGEMENT_HOST: '127.0.0.1',
    MANAGEMENT_PORT: 8_081,
    SINK_WORKERS: 1,
    WORKER_TIMEOUT_MS: 60_000,
    LOG_LEVEL: 'info',
  });
});

test.each([
  ['hdfs://nn1,hdfs://nn2', 10],
  ['http://nn1:9870', 1_000],
  ['https://nn1:9871,https://nn2:9871', 1_000],
])('beside HDFS_URL=%s a flush is due after %i ms by default', (HDFS_URL, intervalMs) => {
  expect(readConfig({ HDFS_URL }).FLUSH_INTERVAL_MS).toBe(intervalMs);
  expect(readConfig({ HDFS_URL, FLUSH_INTERVAL_MS: '77' }).FLUSH_INTERVAL_MS).toBe(77);
});

test.each(['read_uncommitted', 'read_committed'])('isolation.level=%s is not for KAFKA_CONFIG', (level) => {
  const KAFKA_CONFIG = JSON.stringify({ 'isolation.level': level });
  expect(problems({ KAFKA_CONFIG })).toEqual([
    expect.stringMatching(/^KAFKA_CONFIG: "isolation.level" is not yours to set: .*committed/),
  ]);
});

test('settings are frozen', () => {
  expect(Object.isFrozen(readConfig({}))).toBe(true);
});

test('a variable that is empty counts as not set', () => {
  expect(readConfig({ FLUSH_COUNT: '', KAFKA_TOPIC: '' })).toEqual(readConfig({}));
});

test('the former names of the management settings are taken still', () => {
  const former = { SINK_HOST: '0.0.0.0', SINK_PORT: '9081' };
  expect(readConfig(former)).toMatchObject({ MANAGEMENT_HOST: '0.0.0.0', MANAGEMENT_PORT: 9081 });
  expect(readConfig({ ...former, MANAGEMENT_PORT: '9081' }).MANAGEMENT_PORT).toBe(9081);
});

test('a setting with two values, one under each name, is refused', () => {
  expect(problems({ SINK_PORT: '9081', MANAGEMENT_PORT: '9082' })).toEqual([
    'SINK_PORT: is the former name of MANAGEMENT_PORT; set MANAGEMENT_PORT alone',
  ]);
});

test('a list of NameNodes is an HA pair', () => {
  expect(readConfig({ HDFS_URL: 'https://nn1:9871, https://nn2:9871/gate' }).HDFS_URL.map(String)).toEqual([
    'https://nn1:9871/',
    'https://nn2:9871/gate',
  ]);
});

test.each([
  ['hdfs://nn1:8020,http://nn2:9870', 'must be all of one kind'],
  ['hdfs://nn1:8020/data', 'HDFS_DIR is for the folder'],
  ['hdfs://kim:secret@nn1:8020', 'must hold neither user nor password'],
])('HDFS_URL=%s is refused', (HDFS_URL, why) => {
  expect(problems({ HDFS_URL })).toEqual([expect.stringContaining(why)]);
});

test.each([
  [{ HDFS_URL: 'http://nn1:9870', HDFS_SYNC: 'true' }, 'HDFS_SYNC: has no use with WebHDFS'],
  [
    { HDFS_URL: 'http://nn1:9870', HDFS_USE_DATANODE_HOSTNAME: 'true' },
    'HDFS_USE_DATANODE_HOSTNAME: has no use with WebHDFS',
  ],
  [{ HDFS_URL: 'hdfs://nn1', HDFS_HEADERS: '{"X-Gate":"1"}' }, 'HDFS_HEADERS: has no use with hdfs://'],
  [{ HDFS_SYNC: 'yes' }, '"yes" is neither true nor false'],
])('%j is refused', (settings, why) => {
  expect(problems(settings)).toEqual([expect.stringContaining(why)]);
});

test.each([
  ['/', ''],
  ['/data///', '/data'],
  ['/a/b', '/a/b'],
])('the folder %s is %s', (given, kept) => {
  expect(readConfig({ HDFS_DIR: given }).HDFS_DIR).toBe(kept);
});

test('every mistake is named at once', () => {
  const wrong = {
    KAFKA_BROKERS: 'nowhere',
    KAFKA_TOPIC: 'a/b',
    KAFKA_CONFIG: '{',
    KAFKA_GROUP: ' ',
    HDFS_URL: 'ftp://nn',
    HDFS_DIR: 'data',
    FLUSH_COUNT: '0',
    ROLL_BYTES: '1.5',
    ON_GAP: 'maybe',
    MANAGEMENT_PORT: '70000',
    SINK_WORKERS: 'many',
    LOG_LEVEL: 'loud',
  };
  expect(problems(wrong).map((problem) => problem.split(':', 1)[0])).toEqual(Object.keys(wrong));
});

describe('what contradicts', () => {
  test('a drain longer than the group waits does not start', () => {
    expect(problems({ DRAIN_TIMEOUT_MS: '300000' })).toEqual([
      expect.stringMatching(/^DRAIN_TIMEOUT_MS: 300000/),
    ]);
    expect(problems({ DRAIN_TIMEOUT_MS: '299999' })).toEqual([]);
  });

  test('a flush later than the roll does not start', () => {
    expect(problems({ FLUSH_INTERVAL_MS: '5001', ROLL_INTERVAL_MS: '5000' })).toEqual([
      expect.stringMatching(/^FLUSH_INTERVAL_MS: /),
    ]);
    expect(problems({ HDFS_URL: 'http://nn1:9870', ROLL_INTERVAL_MS: '999' })).toEqual([
      expect.stringMatching(/^FLUSH_INTERVAL_MS: /),
    ]);
    expect(problems({ ROLL_INTERVAL_MS: '999' })).toEqual([]);
  });

  test('a systemd that loses patience before a worker was started again does not start', () => {
    expect(problems({ WATCHDOG_USEC: '119999999' })).toEqual([
      expect.stringMatching(/^WORKER_TIMEOUT_MS: 60000 /),
    ]);
    expect(problems({ WATCHDOG_USEC: '120000000' })).toEqual([]);
  });
});

describe('librdkafka properties', () => {
  test.each(['7', '"{}"', 'null', '[]', '[1]', '{"a":{}}', '{'])(
    '%s is refused as no object of them',
    (json) => {
      expect(problems({ KAFKA_CONFIG: json })).toEqual([expect.stringContaining('must be a JSON object')]);
    },
  );

  const config = (properties: object) => ({ KAFKA_CONFIG: JSON.stringify(properties) });

  test('an unknown name and a wrong value are refused, each by name', () => {
    const found = problems(config({ 'no.such.property': 1, 'fetch.min.bytes': 'many' }));
    expect(found).toEqual([
      expect.stringContaining('no.such.property'),
      expect.stringContaining('fetch.min.bytes'),
    ]);
  });

  test.each([
    ['group.id', 'KAFKA_GROUP'],
    ['session.timeout.ms', 'KAFKA_SESSION_TIMEOUT_MS'],
    ['enable.auto.commit', 'durable'],
  ])('%s is not the operator’s to set, and the message says what to do', (name, advice) => {
    expect(problems(config({ [name]: 'x' }))).toEqual([expect.stringContaining(advice)]);
  });

  test('a wrong one is named together with every other mistake', () => {
    const env = { ...config({ 'no.such.property': 1 }), FLUSH_COUNT: '0' };
    expect(problems(env)).toEqual([
      expect.stringContaining('no.such.property'),
      expect.stringMatching(/^FLUSH_COUNT: /),
    ]);
  });

  test('what librdkafka knows is taken', () => {
    expect(readConfig(config({ 'fetch.min.bytes': 10 })).KAFKA_CONFIG).toEqual({ 'fetch.min.bytes': 10 });
  });
});

test('secrets are masked when settings are printed', () => {
  const secrets = { 'sasl.username': 'me', 'sasl.password': 'hush', 'ssl.key.password': 'hush' };
  const shown = printable(readConfig({ KAFKA_CONFIG: JSON.stringify(secrets) }));
  expect(JSON.stringify(shown)).not.toContain('hush');
  expect(shown['KAFKA_CONFIG']).toMatchObject({ 'sasl.username': 'me', 'sasl.password': '***' });
});
