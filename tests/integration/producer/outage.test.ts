import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafka, { type Producer } from '@confluentinc/kafka-javascript';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type KafkaCluster, prepareKafka } from '../../../infra/local/kafka/kafka-broker.ts';
import { makeTopic } from '../../../infra/local/kafka/topic.ts';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { readConfig } from '../../../producer/config.ts';
import { KafkaEventLog } from '../../../producer/kafka/kafka-event-log.ts';
import { producerConfig } from '../../../producer/kafka/librdkafka.ts';
import { type Answer, Clients, select } from '../../support/collector/clients.ts';
import { readTopic } from '../../support/kafka/topic.ts';
import { type RoleProcess, startRole } from '../../support/process/role-process.ts';
import { until } from '../../support/until.ts';

const CHOICE = { service: 'blue', user: 'hong' };
const topic = 'test-outage';
/** The default of PRODUCE_DEADLINE_MS, and the time that a busy machine adds. */
const DEADLINE_MS = 5_000 + 1_500;

let folder: string;
let cluster: KafkaCluster;
let producer: RoleProcess;

/**
 * One broker for the whole file, and one producer through its outages. Each test leaves both
 * running.
 */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-outage-'));
  cluster = await prepareKafka({ folder, port: await freePort() });
});
afterAll(async () => {
  await producer?.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function stored(): Promise<Set<string>> {
  return new Set(
    (await readTopic(cluster.brokers, topic)).map(({ value }) => JSON.parse(value.toString()).id),
  );
}

describe('the producer whose broker goes and comes', () => {
  it('starts without a broker and without a topic, says that nothing was stored, and finds both by itself', async () => {
    producer = await startRole('producer', { KAFKA_BROKERS: cluster.brokers, KAFKA_TOPIC: topic });
    const answer = await select(producer.url, CHOICE);
    expect(answer).toMatchObject({ status: 503, body: { code: 'broker_unavailable' } });
    expect(Number(answer.retryAfter)).toBeGreaterThan(0);
    expect((await fetch(`${producer.url}/readyz`)).status).toBe(503);
    await cluster.broker.start();
    await until(() => producer.logs().includes(`no topic \\"${topic}\\"`), { what: 'it misses the topic' });
    expect((await select(producer.url, CHOICE)).body.code).toBe('broker_unavailable');
    await makeTopic({ brokers: cluster.brokers, topic, partitions: 3 });
    await producer.ready();
    expect((await select(producer.url, CHOICE)).status).toBe(200);
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'answers 503 within the deadline while the broker is gone by %s, and recovers by itself',
    async (signal) => {
      const load = new Clients(producer.url, 8);
      await until(() => load.acked.length > 50, { what: 'load' });
      await cluster.broker.signal(signal);
      await until(() => load.answers.some(({ body }) => body.code === 'broker_unavailable'), {
        what: 'the broker is known to be gone',
      });
      await load.stop();
      expect((await fetch(`${producer.url}/readyz`)).status).toBe(503);
      await revive(signal);
      await producer.ready();
      expect((await select(producer.url, CHOICE)).status).toBe(200);

      const failed = load.answers.filter(({ status }) => status !== 200);
      expect(failed.every(({ status, retryAfter }) => status === 503 && Number(retryAfter) > 0)).toBe(true);
      expect(Math.max(...load.answers.map(({ tookMs }) => tookMs))).toBeLessThan(DEADLINE_MS);
      const ids = await stored();
      expect(load.acked.filter(({ body }) => !ids.has(body.id ?? ''))).toEqual([]);
    },
  );
});

describe('a producer told to stop while the broker is frozen', () => {
  let stopping: RoleProcess;
  let answers: Promise<Answer[]>;

  beforeEach(async () => {
    stopping = await startRole('producer', { KAFKA_BROKERS: cluster.brokers, KAFKA_TOPIC: topic });
    await stopping.ready();
    await cluster.broker.signal('SIGSTOP');
    answers = Promise.all(Array.from({ length: 4 }, () => select(stopping.url, CHOICE)));
    await until(async () => (await inFlight(stopping)) === 4, { what: 'records in flight' });
    stopping.signal('SIGTERM');
    await until(() => stopping.logs().includes('"draining"'), { what: 'draining' });
  });
  afterEach(async () => {
    await cluster.broker.signal('SIGCONT');
    await stopping.stop();
  });

  it('answers every request within the deadline before it exits', async () => {
    const exit = await stopping.exited();
    for (const answer of await answers) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'outcome_unknown' } });
      expect(answer.tookMs).toBeLessThan(DEADLINE_MS);
    }
    expect(exit).toEqual({ code: 0, signal: null });
  });

  it('exits at once with 1 on a second signal, and says how many outcomes are unknown', async () => {
    const start = performance.now();
    // A signal within a second of the first counts as the same signal.
    const again = setInterval(() => stopping.signal('SIGTERM'), 100);
    expect(await stopping.exited().finally(() => clearInterval(again))).toEqual({ code: 1, signal: null });
    expect(performance.now() - start).toBeLessThan(DEADLINE_MS);
    expect(stopping.logs()).toContain('"unknown":4');
    await answers;
  });

  it('still stores and acknowledges what is in flight when the broker comes back in time', async () => {
    await cluster.broker.signal('SIGCONT');
    for (const answer of await answers) expect(answer.status).toBe(200);
    expect(await stopping.exited()).toEqual({ code: 0, signal: null });
  });
});

async function inFlight({ url }: RoleProcess): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^producer_events_in_flight (\d+)$/m.exec(text)?.[1]);
}

async function revive(signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
  if (signal === 'SIGSTOP') return cluster.broker.signal('SIGCONT');
  await cluster.broker.exited();
  await cluster.broker.start();
}

describe('a producer that meets a fatal error', () => {
  it('is replaced by a new one, and events go on', async () => {
    const settings = readConfig({ KAFKA_BROKERS: cluster.brokers, KAFKA_TOPIC: topic });
    const made: Producer[] = [];
    const eventLog = new KafkaEventLog({
      settings,
      log: pino({ level: 'silent' }),
      newProducer: () => {
        const next = new kafka.Producer(producerConfig(settings));
        made.push(next);
        return next;
      },
    });
    eventLog.start();
    await until(() => eventLog.ready, { what: 'connected' });
    const { ERR__FATAL } = kafka.CODES.ERRORS;
    made[0]?.emit('event.error', { message: 'fatal', code: ERR__FATAL, errno: ERR__FATAL, origin: 'kafka' });
    expect(eventLog.ready).toBe(false);
    await until(() => eventLog.ready, { what: 'connected again' });
    const record = { key: 'hong', value: Buffer.from('{}'), timestampMs: Date.now() };
    await expect(eventLog.append(record)).resolves.toMatchObject({ topic });
    expect(made).toHaveLength(2);
    expect(await eventLog.close(1_000)).toBe(0);
  });
});
