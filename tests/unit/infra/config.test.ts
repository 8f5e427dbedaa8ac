import { expect, test } from 'vitest';
import { readLocalConfig } from '../../../infra/local/config.ts';
import { readHdfsReaderConfig } from '../../../infra/local/hdfs/reader-config.ts';

test.each([
  [undefined, 'hdfs://127.0.0.1:18020'],
  ['hdfs://elsewhere:8020', 'hdfs://127.0.0.1:18020'],
  ['http://elsewhere:9870', 'http://127.0.0.1:19870'],
  ['https://elsewhere:9871', 'http://127.0.0.1:19870'],
])('beside HDFS_URL=%s the sink speaks to %s', (HDFS_URL, url) => {
  const ports = { HDFS_RPC_PORT: '18020', HDFS_HTTP_PORT: '19870' };
  expect(readLocalConfig({ HDFS_URL, ...ports }).roleEnvironment['HDFS_URL']).toBe(url);
});

test('without any setting everything is where the documentation says', () => {
  const config = readLocalConfig({});
  expect(config).toMatchObject({ producerPort: 8080, sinkPort: 8081, kafkaPort: 9092, topic: 'web-events' });
  expect(config.roleEnvironment).toEqual({
    KAFKA_INSTANCE_ID: 'local',
    KAFKA_BROKERS: '127.0.0.1:9092',
    HDFS_URL: 'hdfs://127.0.0.1:8020',
  });
});

test('a moved port moves it for the roles too, and their own settings pass through', () => {
  const { roleEnvironment } = readLocalConfig({
    KAFKA_PORT: '19092',
    HDFS_RPC_PORT: '18020',
    LOG_LEVEL: 'debug',
  });
  expect(roleEnvironment).toMatchObject({
    KAFKA_BROKERS: '127.0.0.1:19092',
    HDFS_URL: 'hdfs://127.0.0.1:18020',
    LOG_LEVEL: 'debug',
  });
});

test('every wrong port is named at once', () => {
  expect(() => readLocalConfig({ PORT: 'eighty', KAFKA_PORT: '70000' })).toThrow(
    'KAFKA_PORT: "70000" is not a port\nPORT: "eighty" is not a port',
  );
});

test('npm run hdfs looks where npm start was told to put HDFS', () => {
  expect(readHdfsReaderConfig({}).urls).toEqual(['http://127.0.0.1:9870']);
  expect(readHdfsReaderConfig({ HDFS_HTTP_PORT: '19870' }).urls).toEqual(['http://127.0.0.1:19870']);
});

test.each([
  ['http://a:1, http://b:2', ['http://a:1', 'http://b:2']],
  ['hdfs://', ['http://127.0.0.1:9870']],
  ['hdfs://127.0.0.1:8020', ['http://127.0.0.1:9870']],
  ['hdfs://[::1]:8020/', ['http://[::1]:9870']],
  ['hdfs://nn1:8020, hdfs://nn2', ['http://nn1:9870', 'http://nn2:9870']],
])('npm run hdfs reads the WebHDFS of HDFS_URL=%s', (HDFS_URL, urls) => {
  expect(readHdfsReaderConfig({ HDFS_URL }).urls).toEqual(urls);
});
