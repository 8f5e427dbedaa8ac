import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { check } from '../../../sink/check.ts';
import { readConfig } from '../../../sink/config.ts';
import { listStoredFiles } from '../../support/hdfs/stored-files.ts';
import { startLoad } from '../../support/kafka/load.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { startSink } from '../../support/process/sink-process.ts';
import { makeCa, type ThrowAwayCa } from '../../support/secured/throw-away-ca.ts';
import { until } from '../../support/until.ts';

const brokers = inject('kafkaBrokers');
const hdfsUrl = inject('hdfsUrl');

let folder: string;
let ca: ThrowAwayCa;
let front: https.Server;

/** Speaks TLS in front of the NameNode, which does not know it and so redirects to `http://`. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-redirect-'));
  ca = await makeCa(folder);
  const [key, cert] = await Promise.all(
    ['key.pem', 'certificate.pem'].map((name) => readFile(join(folder, name))),
  );
  front = https.createServer({ key, cert }, ({ method, url = '/', headers }, response) => {
    const passed = http.request(new URL(url, hdfsUrl), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy()).end();
  });
  await once(front.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  front.close();
  front.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

async function settings(): Promise<Record<string, string>> {
  const topic = await createTopic(brokers);
  const load = await startLoad({ brokers, topic, eventsPerSecond: 0 });
  load.add({ partition: 0, key: null, value: Buffer.from('{"n":0}') });
  await load.stop();
  return {
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: topic,
    KAFKA_GROUP: topic,
    HDFS_URL: `https://127.0.0.1:${(front.address() as AddressInfo).port}`,
    HDFS_CA_FILE: ca.caFile,
  };
}

async function report(env: Record<string, string>): Promise<{ works: boolean; text: string }> {
  const said: string[] = [];
  const works = await check(readConfig(env), (line) => said.push(line));
  return { works, text: said.join('\n') };
}

test('a redirect from https to http stores nothing, and the sink and --check name it', async () => {
  const env = await settings();
  const sink = await startSink(env);
  await until(() => sink.logs().includes('PlainRedirect'), { what: 'the redirect is named' });
  await sink.stop();
  const stored = await listStoredFiles({ url: hdfsUrl, dir: '/data', topic: env['KAFKA_TOPIC'] ?? '' });
  expect(stored).toEqual([]);
  const { works, text } = await report(env);
  expect(works).toBe(false);
  expect(text).toMatch(/^FAIL create .*without TLS.*\n.*HDFS_ALLOW_PLAIN_REDIRECT/m);
}, 120_000);

test('it is followed where a setting says so, and --check warns', async () => {
  const env = { ...(await settings()), HDFS_ALLOW_PLAIN_REDIRECT: 'true' };
  const sink = await startSink(env);
  await until(async () => (await sink.lines()) === 1, { what: 'the record is stored' });
  await sink.stop();
  const { works, text } = await report(env);
  expect(works).toBe(true);
  expect(text).toMatch(/^warn channel .*in the clear/m);
}, 120_000);
