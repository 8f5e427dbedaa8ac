import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { root } from '../../infra/local/process/root.ts';
import { readStoredFiles } from '../support/hdfs/stored-files.ts';
import { sinkUrl } from '../support/hdfs/transport.ts';
import { startLoad } from '../support/kafka/load.ts';
import { createTopic } from '../support/kafka/topic.ts';
import { type RoleProcess, startRole } from '../support/process/role-process.ts';
import { startSink } from '../support/process/sink-process.ts';
import { until } from '../support/until.ts';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const FULL = {
  id: 'client-1',
  service: 'blue',
  user: '김철수',
  timestamp: '2026-11-22T14:03:07+09:00',
  properties: { page: '/', count: 2, isNew: true, nothing: null },
};
const NO_EVENTS = [null, Buffer.from('no json'), Buffer.from([0xff])];

const brokers = inject('kafkaBrokers');
const url = inject('hdfsUrl');
const schema = JSON.parse(readFileSync(join(root, 'sink/stored-line.schema.json'), 'utf8'));
const ajv = new Ajv2020({ strict: true, strictRequired: false });
addFormats.default(ajv);
const isValid = ajv.compile(schema);

const running: RoleProcess[] = [];
let lines: Record<string, unknown>[];

beforeAll(async () => {
  const topic = await createTopic(brokers, { partitions: 1 });
  const settings = { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_GROUP: topic, HDFS_URL: sinkUrl() };
  const policy = { IP_ADDRESS: 'full', PRIVACY_SIGNALS: 'anonymise' };
  running.push(await startRole('producer', { ...settings, ...policy }), await startSink(settings));
  await Promise.all(running.map((role) => role.ready()));
  const producer = running[0]?.url ?? '';
  await post(producer, FULL, { 'user-agent': BROWSER });
  await post(producer, { ...FULL, id: 'client-2' }, { 'user-agent': BROWSER, dnt: '1' });
  await post(producer, { service: 'red', user: 'kim' }, { 'user-agent': 'Googlebot/2.1' });
  await post(producer, { service: 'red', user: 'kim' }, {});
  await produceNoEvents(topic);
  lines = await until(
    async () => {
      const stored = await storedLines(topic);
      return stored.length === 4 + NO_EVENTS.length && stored;
    },
    { what: 'every record is a line', withinMs: 30_000 },
  );
}, 60_000);
afterAll(() => Promise.all(running.map((role) => role.stop())));

async function post(producer: string, event: unknown, headers: Record<string, string>): Promise<void> {
  const response = await fetch(`${producer}/api/events`, {
    method: 'POST',
    body: JSON.stringify(event),
    headers: { 'content-type': 'application/json', ...headers },
  });
  expect(response.status, await response.text()).toBe(200);
}

async function produceNoEvents(topic: string): Promise<void> {
  const load = await startLoad({ brokers, topic, eventsPerSecond: 0 });
  for (const value of NO_EVENTS) load.add({ partition: 0, key: null, value });
  await load.stop();
}

async function storedLines(topic: string): Promise<Record<string, unknown>[]> {
  const files = await readStoredFiles({ url, dir: '/data', topic });
  const text = files.map((file) => file.content.toString()).join('');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test('every line that the pipeline stores conforms to the published schema', () => {
  for (const line of lines)
    expect(isValid(line), `${ajv.errorsText(isValid.errors)}: ${JSON.stringify(line)}`).toBe(true);
});

test('the lines have every field of the schema', () => {
  const fields = schema.anyOf.flatMap(({ properties }: { properties: object }) => Object.keys(properties));
  expect(new Set(lines.flatMap(Object.keys))).toEqual(new Set(fields));
});

test.each([
  ['without an offset', { ...FULL, kafka_partition: 0 }],
  ['with a field of nobody', { id: 'x', extra: 1, kafka_partition: 0, kafka_offset: 0 }],
  ['with a local time', { ...FULL, userAgent: null, kafka_partition: 0, kafka_offset: 0 }],
])('a line %s does not conform', (_, line) => {
  expect(isValid(line)).toBe(false);
});
