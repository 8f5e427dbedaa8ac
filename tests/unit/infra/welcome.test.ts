import { expect, test } from 'vitest';
import { readLocalConfig } from '../../../infra/local/config.ts';
import { welcome } from '../../../infra/local/welcome.ts';

test('the welcome names pages, API, health, metrics, lines and logs where this run has them', () => {
  const config = readLocalConfig({
    PORT: '18080',
    SINK_PORT: '18081',
    HDFS_DIR: '/events',
    KAFKA_TOPIC: 't',
  });
  const text = welcome(config, '.data/logs');
  for (const address of [
    'http://127.0.0.1:18080/',
    'http://127.0.0.1:18080/tracker.html',
    "curl 'http://127.0.0.1:18080/api/select?service=blue&user=kim'",
    'http://127.0.0.1:18080/readyz',
    'http://127.0.0.1:18081/readyz',
    'http://127.0.0.1:18080/metrics',
    'http://127.0.0.1:18081/metrics',
    '/events/t/',
    'npm run hdfs -- ls',
    '.data/logs/',
  ]) {
    expect(text).toContain(address);
  }
});
