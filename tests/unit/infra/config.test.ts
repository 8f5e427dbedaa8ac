import { expect, test } from 'vitest';
import { readLocalConfig } from '../../../infra/local/config.ts';
import { readHdfsReaderConfig } from '../../../infra/local/hdfs/reader-config.ts';

test('the sink speaks HDFS’s own protocol where HDFS_URL has its scheme', () => {
  const { roleEnvironment } = readLocalConfig({ HDFS_URL: 'hdfs://elsewhere:8020', HDFS_RPC_PORT: '18020' });
  expect(roleEnvironment['HDFS_URL']).toBe('hdfs://127.0.0.1:18020');
  expect(() => readHdfsReaderConfig({ HDFS_URL: 'hdfs://elsewhere' })).toThrow('looks over WebHDFS');
});

test('without any setting everything is where the documentation says', () => {
  const config = readLocalConfig({});
  expect(config).toMatchObject({ producerPort: 8080, sinkPort: 8081, kafkaPort: 9092, topic: 'web-events' });
  expect(config.roleEnvironment).toEqual({
    KAFKA_INSTANCE_ID: 'local',
    KAFKA_BROKERS: '127.0.0.1:9092',
    HDFS_URL: 'http://127.0.0.1:9870',
  });
});

test('a moved port moves it for the roles too, and their own settings pass through', () => {
  const { roleEnvironment } = readLocalConfig({
    KAFKA_PORT: '19092',
    HDFS_HTTP_PORT: '19870',
    LOG_LEVEL: 'debug',
  });
  expect(roleEnvironment).toMatchObject({
    KAFKA_BROKERS: '127.0.0.1:19092',
    HDFS_URL: 'http://127.0.0.1:19870',
    LOG_LEVEL: 'debug',
  });
});

test('every wrong port is named at once', () => {
  expect(() => readLocalConfig({ PORT: 'eighty', KAFKA_PORT: '70000' })).toThrow(
    'KAFKA_PORT: "70000" is not a port\nPORT: "eighty" is not a port',
  );
});

test('npm run hdfs looks where npm start was told to put HDFS', () => {
  expect(readHdfsReaderConfig({ HDFS_HTTP_PORT: '19870' }).urls).toEqual(['http://127.0.0.1:19870']);
  expect(readHdfsReaderConfig({ HDFS_URL: 'http://a:1, http://b:2' }).urls).toEqual([
    'http://a:1',
    'http://b:2',
  ]);
});
