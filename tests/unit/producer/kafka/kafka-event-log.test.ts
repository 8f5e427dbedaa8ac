import { EventEmitter } from 'node:events';
import type { Producer } from '@confluentinc/kafka-javascript';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readConfig } from '../../../../producer/config.ts';
import { KafkaEventLog } from '../../../../producer/kafka/kafka-event-log.ts';

const TOPIC = 'web-events';
const FAR_BEYOND_ALL_DEADLINES_MS = 300_000;

type Connected = (error: Error | null, metadata: unknown) => void;

/** A stuck librdkafka: `connect` answers as told, and no other call ever ends. */
class MuteProducer extends EventEmitter {
  readonly #answer: (connected: Connected) => void;

  constructor(answer: (connected: Connected) => void) {
    super();
    this.#answer = answer;
  }

  connect(_options: unknown, connected: Connected): void {
    this.#answer(connected);
  }

  isConnected = () => false;
  setPollInBackground(): void {}
  getMetadata(): void {}
  produce(): void {}
}

function eventLogOf(answer: (connected: Connected) => void): KafkaEventLog {
  const newProducer = () => new MuteProducer(answer) as unknown as Producer;
  const eventLog = new KafkaEventLog({
    settings: readConfig({ KAFKA_TOPIC: TOPIC }),
    log: pino({ level: 'silent' }),
    newProducer,
  });
  eventLog.start();
  return eventLog;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('attempts to connect that fail for ever are no standstill', async () => {
  const eventLog = eventLogOf((connected) => connected(new Error('no broker'), undefined));
  await vi.advanceTimersByTimeAsync(FAR_BEYOND_ALL_DEADLINES_MS);
  expect(eventLog.standstill).toBeUndefined();
});

test('an attempt to connect that never ends is a standstill', async () => {
  const eventLog = eventLogOf(() => {});
  expect(eventLog.standstill).toBeUndefined();
  await vi.advanceTimersByTimeAsync(FAR_BEYOND_ALL_DEADLINES_MS);
  expect(eventLog.standstill).toBe('librdkafka does not come back from a question to the brokers');
});

test('a record that is never reported is a standstill, though its client was answered long ago', async () => {
  const partitions = [{ id: 0 }];
  const eventLog = eventLogOf((connected) => connected(null, { topics: [{ name: TOPIC, partitions }] }));
  await vi.advanceTimersByTimeAsync(1);
  const answered = expect(
    eventLog.append({ key: 'k', value: Buffer.from('v'), timestampMs: 0 }),
  ).resolves.toMatchObject({ undecided: { code: 'outcome_unknown' } });
  await vi.advanceTimersByTimeAsync(10_000);
  await answered;
  expect(eventLog.standstill).toBeUndefined();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(eventLog.standstill).toBe('librdkafka reports nothing any more');
});
