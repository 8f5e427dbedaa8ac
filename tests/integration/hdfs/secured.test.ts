import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type Load, startLoad } from '../../support/kafka/load.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { type SinkProcess, startSink } from '../../support/process/sink-process.ts';
import { type SecuredHdfs, startSecuredHdfs } from '../../support/secured/secured-hdfs.ts';
import { SecuredWitness } from '../../support/secured/secured-witness.ts';
import { makeCa } from '../../support/secured/throw-away-ca.ts';
import { LEASE_IS_OVER_WITHIN_MS } from '../../support/stage/disaster.ts';
import { until } from '../../support/until.ts';

const brokers = inject('kafkaBrokers');
const HEADER = 'not-for-a-log-either';

let folder: string;
let secured: SecuredHdfs;
let token: string;
/** The `HDFS_TOKEN_FILE` of the sinks. */
let tokenFile: string;
let witness: SecuredWitness;
const running: (SinkProcess | Load)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-secured-'));
  secured = await startSecuredHdfs(folder);
  tokenFile = join(folder, 'token');
  token = await secured.fetchToken();
  await putToken(token);
  witness = new SecuredWitness(secured, () => token);
}, 240_000);
afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.stop()));
});
afterAll(async () => {
  await secured?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Replaces the token as a renewer does. */
async function putToken(text: string): Promise<void> {
  await writeFile(`${tokenFile}.new`, `${text}\n`);
  await rename(`${tokenFile}.new`, tokenFile);
}

async function startSecuredSink(topic: string, env: Record<string, string> = {}): Promise<SinkProcess> {
  const sink = await startSink({
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: topic,
    KAFKA_GROUP: topic,
    HDFS_URL: secured.hdfs.url,
    HDFS_CA_FILE: secured.caFile,
    HDFS_TOKEN_FILE: tokenFile,
    HDFS_HEADERS: JSON.stringify({ 'X-Gateway': HEADER }),
    LOG_LEVEL: 'trace',
    ...env,
  });
  running.push(sink);
  return sink;
}

async function loadedTopic(): Promise<{ topic: string; load: Load }> {
  const topic = await createTopic(brokers, { partitions: 1 });
  const load = await startLoad({ brokers, topic, eventsPerSecond: 50 });
  running.push(load);
  return { topic, load };
}

const goesOn = async (sink: SinkProcess) => {
  const before = await sink.lines();
  const more = async () => (await sink.lines()) > before;
  await until(more, { what: 'the sink goes on', withinMs: LEASE_IS_OVER_WITHIN_MS });
};

/** Waits until the sink logs these words once more. */
async function says(sink: SinkProcess, words: string): Promise<void> {
  const times = () => sink.logs().split(words).length;
  const before = times();
  await until(() => times() > before, { what: `the sink says "${words}"`, withinMs: 60_000 });
}

test('over TLS and with a delegation token, each record becomes a line', async () => {
  const { topic, load } = await loadedTopic();
  const sink = await startSecuredSink(topic, { ROLL_BYTES: '5000' });
  await goesOn(sink);
  await load.stop();
  const all = async () => (await sink.lines()) === load.acked;
  await until(all, { what: 'all is durable', withinMs: 30_000 });
  expect(await witness.lines(`/data/${topic}`)).toBe(load.acked);
  expect(sink.logs()).toContain('segment published');
}, 120_000);

test('a cancelled token is reported, and the next token in the file is used without a restart', async () => {
  const { topic } = await loadedTopic();
  const sink = await startSecuredSink(topic);
  await goesOn(sink);
  await witness.cancel(token);
  await says(sink, 'HDFS_TOKEN_FILE needs a token that is good');
  await until(async () => (await fetch(`${sink.url}/readyz`)).status === 503, {
    what: 'the sink is not ready',
  });
  const refused = token;
  token = await secured.fetchToken();
  await putToken(token);
  await goesOn(sink);
  for (const secret of [refused, token, HEADER]) expect(sink.logs()).not.toContain(secret);
}, 120_000);

test('over the native protocol each record becomes a line by the token, and a cancelled token is reported', async () => {
  const { topic, load } = await loadedTopic();
  const [HDFS_URL = ''] = secured.hdfs.rpcUrls;
  const sink = await startSecuredSink(topic, {
    HDFS_URL,
    HDFS_CA_FILE: '',
    HDFS_HEADERS: '{}',
    ROLL_BYTES: '5000',
  });
  await goesOn(sink);
  await witness.cancel(token);
  // An open connection stays valid. After a restart of the NameNode the sink needs a new
  // connection.
  await secured.hdfs.nameNode.signal('SIGKILL');
  await secured.hdfs.nameNode.exited();
  await secured.hdfs.nameNode.start();
  await says(sink, 'InvalidToken');
  const refused = token;
  // The NameNode gives no token in safe mode.
  await secured.hdfs.ready();
  token = await secured.fetchToken();
  await putToken(token);
  await goesOn(sink);
  await load.stop();
  const all = async () => (await sink.lines()) === load.acked;
  await until(all, { what: 'all is durable', withinMs: 60_000 });
  await sink.stop();
  expect(await witness.lines(`/data/${topic}`)).toBe(load.acked);
  for (const secret of [refused, token]) expect(sink.logs()).not.toContain(secret);
}, 240_000);

test('a certificate that HDFS_CA_FILE does not vouch for is reported, and the sink tries again', async () => {
  const { topic } = await loadedTopic();
  const wrong = await makeCa(join(folder, 'wrong-tls'));
  const sink = await startSecuredSink(topic, { HDFS_CA_FILE: wrong.caFile });
  const complaint = 'HDFS_CA_FILE lacks the authority that signed the certificate shown';
  await says(sink, complaint);
  await says(sink, complaint);
  expect(await sink.lines()).toBe(0);
  expect(sink.logs()).not.toContain(token);
}, 120_000);

test('whatever fault happens, the sink logs no token, no header and no Location', async () => {
  const { topic } = await loadedTopic();
  const sink = await startSecuredSink(topic, { HDFS_TIMEOUT_MS: '3000' });
  await goesOn(sink);
  // The NameNode comes last, because a sink in any state asks it.
  const nodes = [...secured.hdfs.dataNodes, secured.hdfs.nameNode];
  for (const node of nodes) {
    await node.signal('SIGSTOP');
    await says(sink, 'ETIMEDOUT');
    await node.signal('SIGCONT');
    await node.signal('SIGKILL');
    await node.exited();
    await says(sink, 'ECONNREFUSED');
    await node.start();
  }
  await secured.hdfs.ready();
  await goesOn(sink);
  await sink.stop();
  expect(sink.logs()).toContain('partition claimed');
  for (const secret of [token, HEADER, 'delegation=', 'user.name=']) {
    expect(sink.logs()).not.toContain(secret);
  }
}, 360_000);
