import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { balance, readMetrics } from '../../support/collector/assembled-collector.ts';
import { Clients, select } from '../../support/collector/clients.ts';
import { podOf } from '../../support/deploy/manifests.ts';
import { createTopic, readTopic } from '../../support/kafka/topic.ts';
import { type RoleProcess, runRole, startRole } from '../../support/process/role-process.ts';
import { until } from '../../support/until.ts';

const brokers = inject('kafkaBrokers');
const WORKERS = 2;

const running: RoleProcess[] = [];
const left: number[] = [];
afterEach(async () => {
  // The workers first: a worker holds the output of its primary open.
  for (const pid of left.splice(0).filter(exists)) process.kill(pid, 'SIGKILL');
  await Promise.all(running.splice(0).map((producer) => producer.stop()));
});

interface Readiness {
  readonly workers: readonly { readonly state: string }[];
}

/** Starts a producer, and waits until all of its workers are ready. */
async function start(topic: string, env: Record<string, string> = {}): Promise<RoleProcess> {
  const producer = await startRole('producer', {
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: topic,
    PRODUCER_WORKERS: String(WORKERS),
    MANAGEMENT_PORT: String(await freePort()),
    ...env,
  });
  running.push(producer);
  await allReady(producer);
  left.push(...childrenOf(producer));
  return producer;
}

async function allReady({ managementUrl }: RoleProcess): Promise<void> {
  const ready = async () => {
    const { workers } = (await (await fetch(`${managementUrl}/readyz`)).json()) as Readiness;
    return workers.length === WORKERS && workers.every(({ state }) => state === 'ready');
  };
  await until(ready, { what: 'all workers are ready', withinMs: 60_000 });
}

/** Asks with the time-out of the least patient probe in the Kubernetes manifest. */
async function probe(
  { managementUrl }: RoleProcess,
  path: string,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const { container } = podOf('producer');
  const seconds = [container.startupProbe, container.readinessProbe, container.livenessProbe].map(
    (one) => one?.timeoutSeconds ?? 1,
  );
  const signal = AbortSignal.timeout(Math.min(...seconds) * 1_000);
  const answer = await fetch(`${managementUrl}${path}`, { signal });
  return { status: answer.status, body: await answer.json() };
}

function childrenOf({ pid }: RoleProcess): number[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return pids === '' ? [] : pids.split(' ').map(Number);
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function scrape({ managementUrl }: RoleProcess): Promise<ReadonlyMap<string, number>> {
  return readMetrics(await (await fetch(`${managementUrl}/metrics`)).text());
}

/** Scrapes again and again. Resolves with all scrapes once it is told to stop. */
function watch(producer: RoleProcess): () => Promise<ReadonlyMap<string, number>[]> {
  const scrapes: ReadonlyMap<string, number>[] = [];
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      scrapes.push(await scrape(producer));
      await delay(50);
    }
  })();
  return async () => {
    stopped = true;
    await watching;
    return scrapes;
  };
}

async function storedIds(topic: string): Promise<Set<string>> {
  return new Set((await readTopic(brokers, topic)).map(({ value }) => JSON.parse(value.toString()).id));
}

async function expectStored(load: Clients, topic: string): Promise<void> {
  const ids = await storedIds(topic);
  expect(load.acked.filter(({ body }) => !ids.has(body.id ?? ''))).toEqual([]);
}

describe('a producer with several workers', () => {
  it('shares its port among them, and answers the operators for all', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    const producer = await start(topic, { LOG_LEVEL: 'debug' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, user) => select(producer.url, { service: 'blue', user: `${user}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const served = () =>
      producer
        .logs()
        .split('\n')
        .filter((line) => line.includes('"path":"/api/select"'));
    // A worker writes its log behind its answers.
    await until(() => served().length === 20, { what: 'the log has every request' });
    const pids = served().map((line) => JSON.parse(line).pid);
    expect(new Set(pids)).toEqual(new Set(childrenOf(producer)));
    const metrics = await scrape(producer);
    expect(balance(metrics)).toEqual({ received: 20, accounted: 20 });
    expect(metrics.get('producer_ack_seconds_count')).toBe(20);
    expect(metrics.get('producer_queue_limit_events')).toBe(50_000);
    expect((await fetch(`${producer.url}/metrics`)).status).toBe(404);
  });

  it('replaces a worker that is killed, loses nothing acked, and accounts for every event at every scrape', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    const producer = await start(topic);
    const scrapes = watch(producer);
    const before = new Clients(producer.url, 16);
    await until(() => before.acked.length > 300, { what: 'load' });
    const [killed = Number.NaN] = childrenOf(producer);
    process.kill(killed, 'SIGKILL');
    await until(() => before.answers.some(({ status }) => status === 0), { what: 'connections are lost' });
    await until(() => childrenOf(producer).length === WORKERS && !childrenOf(producer).includes(killed), {
      what: 'another worker',
    });
    left.push(...childrenOf(producer));
    await allReady(producer);
    const after = new Clients(producer.url, 16);
    await until(() => after.acked.length > 300, { what: 'load again' });
    await Promise.all([before.stop(), after.stop()]);
    await expectStored(before, topic);
    await expectStored(after, topic);

    const found = [...(await scrapes()), await scrape(producer)];
    for (const metrics of found) {
      const { received, accounted } = balance(metrics);
      expect(accounted).toBe(received);
    }
    const received = found.map((metrics) => balance(metrics).received);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(found.at(-1)?.get('producer_events_in_flight')).toBe(0);
    expect(found.at(-1)?.get('producer_worker_restarts_total{reason="ended"}')).toBe(1);
  });

  it('is not alive while one of them hangs, takes events all the same, and replaces it', async () => {
    const producer = await start(await createTopic(brokers));
    const [frozen = Number.NaN] = childrenOf(producer);
    process.kill(frozen, 'SIGSTOP');
    const problems = [`worker ${frozen} does not answer`];
    expect(await probe(producer, '/livez')).toMatchObject({ status: 503, body: { alive: false, problems } });
    expect(await probe(producer, '/readyz')).toMatchObject({ status: 200, body: { ready: true, problems } });
    await until(() => !childrenOf(producer).includes(frozen), { what: 'it is killed', withinMs: 60_000 });
    await allReady(producer);
    left.push(...childrenOf(producer));
    expect((await probe(producer, '/livez')).status).toBe(200);
    const metrics = await scrape(producer);
    expect(metrics.get('producer_worker_restarts_total{reason="silent"}')).toBe(1);
  }, 180_000);

  it('that is told to stop under load has stored every event it answered 200 for, and exits 0', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    const producer = await start(topic);
    const load = new Clients(producer.url, 32);
    await until(() => load.acked.length > 300, { what: 'load' });
    const workers = childrenOf(producer);
    producer.signal('SIGTERM');
    expect(await producer.exited(), producer.logs()).toEqual({ code: 0, signal: null });
    await load.stop();
    expect(workers.filter(exists)).toEqual([]);
    const ids = await storedIds(topic);
    expect(load.acked.filter(({ body }) => !ids.has(body.id ?? ''))).toEqual([]);
    expect(ids.size).toBe(load.acked.length);
  });

  it('whose primary is killed drains, ends, and leaves the port to the next', async () => {
    const topic = await createTopic(brokers, { partitions: 3 });
    const producer = await start(topic);
    const load = new Clients(producer.url, 32);
    await until(() => load.acked.length > 300, { what: 'load' });
    const workers = childrenOf(producer);
    producer.signal('SIGKILL');
    await until(() => workers.filter(exists).length === 0, { what: 'its workers end' });
    await load.stop();
    const ids = await storedIds(topic);
    expect(load.acked.filter(({ body }) => !ids.has(body.id ?? ''))).toEqual([]);
    expect(ids.size).toBe(load.acked.length);
    const holder = createServer();
    await new Promise<void>((resolve, reject) => {
      holder.once('error', reject);
      holder.listen(Number(new URL(producer.url).port), '127.0.0.1', resolve);
    });
    holder.close();
  });

  it('says so when its port is taken, and exits 1', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const address = holder.address();
    const PORT = String(typeof address === 'object' ? address?.port : '');
    const MANAGEMENT_PORT = String(await freePort());
    const env = { KAFKA_BROKERS: brokers, PORT, MANAGEMENT_PORT, PRODUCER_WORKERS: String(WORKERS) };
    const { code, output } = await runRole('producer', env);
    holder.close();
    expect(code).toBe(1);
    expect(output).toContain('EADDRINUSE');
  });
});
