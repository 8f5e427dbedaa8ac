import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type KafkaCluster, prepareKafka } from '../../../infra/local/kafka/kafka-broker.ts';
import { makeTopic } from '../../../infra/local/kafka/topic.ts';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { type Answer, select } from '../../support/collector/clients.ts';
import { type LambdaAnswer, type LambdaProcess, startLambda } from '../../support/deploy/lambda-process.ts';
import { readTopic } from '../../support/kafka/topic.ts';
import {
  type FunctionProcess,
  runFunctionsFramework,
  startFunctionsFramework,
} from '../../support/process/function-process.ts';
import { until } from '../../support/until.ts';

const topic = 'test-functions';
const PRODUCE_DEADLINE_MS = 1_500;
/** Longer than every time-out below and than the time-outs of the connection. */
const FROZEN_MS = 3_000;
const FUNCTION_TIMEOUT_MS = 10_000;

let folder: string;
let cluster: KafkaCluster;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-events-functions-'));
  cluster = await prepareKafka({ folder, port: await freePort() });
  env = {
    KAFKA_BROKERS: cluster.brokers,
    KAFKA_TOPIC: topic,
    DELIVERY_TIMEOUT_MS: '1000',
    PRODUCE_DEADLINE_MS: String(PRODUCE_DEADLINE_MS),
  };
});
afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a Lambda container', () => {
  const answers = new Map<string, LambdaAnswer>();
  let container: LambdaProcess;

  beforeAll(() => {
    container = startLambda(env);
  });
  afterAll(() => container?.stop());

  /** Resolves once the event is on its way. `answer` resolves later. */
  async function begin(timeoutMs = FUNCTION_TIMEOUT_MS): Promise<{ readonly answer: Promise<LambdaAnswer> }> {
    const id = randomUUID();
    const query = new URLSearchParams({ service: 'blue', user: 'cold', id });
    const request = new Request(`https://collector.example/api/select?${query}`);
    const { answer } = await container.beginInvoke(request, timeoutMs);
    return { answer: answer.then((given) => note(id, given, timeoutMs)) };
  }

  function note(id: string, answer: LambdaAnswer, timeoutMs: number): LambdaAnswer {
    expect(answer.tookMs).toBeLessThan(timeoutMs);
    answers.set(id, answer);
    return answer;
  }

  async function invoke(timeoutMs?: number): Promise<LambdaAnswer> {
    return (await begin(timeoutMs)).answer;
  }

  /** After a thaw one answer may tell the client to send the event again. */
  async function expectRecovered(first = invoke()): Promise<void> {
    const { status, body } = await first;
    if (status !== 200) expect(['outcome_unknown', 'broker_unavailable']).toContain(body.code);
    expect(await invoke()).toMatchObject({ status: 200 });
  }

  async function freezeFor(ms: number, meanwhile = async () => {}): Promise<void> {
    container.freeze();
    await Promise.all([delay(ms), meanwhile()]);
    container.thaw();
  }

  it('says within its time that nothing was stored where there is no broker', async () => {
    expect(await invoke(3_000)).toMatchObject({ status: 503, body: { code: 'broker_unavailable' } });
  });

  it('takes the first event once there is a connection', async () => {
    await cluster.broker.start();
    await makeTopic({ brokers: cluster.brokers, topic, partitions: 1 });
    await expectRecovered();
  });

  it('is of use again after a freeze between two calls', async () => {
    await freezeFor(FROZEN_MS);
    await expectRecovered();
  });

  it('is of use again after a freeze in the middle of a call', async () => {
    await cluster.broker.signal('SIGSTOP');
    const { answer: interrupted } = await begin();
    await freezeFor(FROZEN_MS, () => cluster.broker.signal('SIGCONT'));
    await expectRecovered(interrupted);
  });

  it('is of use again where the broker was started anew meanwhile', async () => {
    await freezeFor(FROZEN_MS, restartBroker);
    await expectRecovered();
  });

  it('is of use again after a call that the broker did not answer, and a freeze after it', async () => {
    await cluster.broker.signal('SIGSTOP');
    expect(await invoke()).toMatchObject({ status: 503, body: { code: 'outcome_unknown' } });
    await freezeFor(FROZEN_MS, () => cluster.broker.signal('SIGCONT'));
    await expectRecovered();
  });

  it('has stored what it answered 200 for, and nothing of which it said that it was not', async () => {
    const stored = new Set(
      (await readTopic(cluster.brokers, topic)).map(({ value }) => JSON.parse(String(value)).id),
    );
    const idsOf = (wanted: (answer: LambdaAnswer) => boolean) =>
      [...answers].flatMap(([id, answer]) => (wanted(answer) ? id : []));
    expect(idsOf(({ status }) => status === 200).filter((id) => !stored.has(id))).toEqual([]);
    const refused = idsOf(({ body }) => body.code === 'broker_unavailable');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter((id) => stored.has(id))).toEqual([]);
  });

  it('ends well when it is told to', async () => {
    expect(await container.stop()).toEqual({ code: 0, signal: null });
  });
});

async function restartBroker(): Promise<void> {
  await cluster.broker.signal('SIGKILL');
  await cluster.broker.exited();
  await cluster.broker.start();
}

describe("Google's functions framework", () => {
  let running: FunctionProcess;
  beforeEach(async () => {
    running = await startFunctionsFramework({ KAFKA_BROKERS: cluster.brokers, KAFKA_TOPIC: topic });
  });
  afterEach(() => running?.stop());

  it('is told to stop: the events that are in flight are stored and answered first', async () => {
    const CHOICE = { service: 'blue', user: 'late' };
    await until(async () => (await select(running.url, CHOICE)).status === 200, { what: 'it is connected' });
    await cluster.broker.signal('SIGSTOP');
    const inFlight: Promise<Answer>[] = [1, 2, 3, 4].map(() => select(running.url, CHOICE));
    // The framework answers this request after it has read the events before it.
    expect((await fetch(`${running.url}/openapi.json`)).status).toBe(200);
    running.signal('SIGTERM');
    await cluster.broker.signal('SIGCONT');
    const answers = await Promise.all(inFlight);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await running.exited()).toEqual({ code: 0, signal: null });
  });
});

describe.each([
  ['a Lambda container', async (wrong: Record<string, string>) => outputOf(startLambda(wrong))],
  [
    "Google's functions framework",
    async (wrong: Record<string, string>) => outputOf(runFunctionsFramework(wrong)),
  ],
])('%s whose settings are wrong', (_, run) => {
  it('says what is wrong in one line, and does not start', async () => {
    const { code, output } = await run({ KAFKA_BROKERS: 'nowhere', LINGER_MS: 'x' });
    expect(code).toBe(1);
    const lines = output.trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 60,
      msg: 'settings are wrong',
      problems: [expect.stringMatching(/^KAFKA_BROKERS: /), expect.stringMatching(/^LINGER_MS: /)],
    });
  });
});

async function outputOf(process: Pick<FunctionProcess, 'exited' | 'logs'>) {
  const { code } = await process.exited();
  return { code, output: process.logs() };
}
