import { afterEach, expect, inject, it } from 'vitest';
import { askUntil } from '../../infra/kafka/ask-until.ts';
import { TopicQuestions } from '../../infra/kafka/topic-questions.ts';
import { fill } from '../bench/cluster/backlog.ts';
import { addPartitions, createTopic, dropRecords } from '../support/kafka/topic.ts';

const brokers = inject('kafkaBrokers');

const open: TopicQuestions[] = [];
afterEach(() => {
  for (const questions of open.splice(0)) questions.close();
});

function ask(topic: string): TopicQuestions {
  const questions = new TopicQuestions({ brokers, topic, config: {}, onDebug: () => {} });
  open.push(questions);
  return questions;
}

it('many partitions tell their bounds, asked for one by one', async () => {
  const topic = await createTopic(brokers, { partitions: 100 });
  await fill({ brokers, topic, partitions: 100, messages: 300, messageBytes: 200 });
  await dropRecords(brokers, [{ topic, partition: 7, offset: 2 }]);
  const questions = ask(topic);
  const partitions = Array.from({ length: 100 }, (_, partition) => partition);
  const bounds = await Promise.all(
    partitions.map((partition) => askUntil(() => questions.bounds(partition), performance.now() + 10_000)),
  );
  expect(bounds[7]).toEqual({ low: 2, high: 3, end: 3 });
  expect(bounds.filter(({ low, high, end }) => low === 0 && high === 3 && end === 3)).toHaveLength(99);
});

it('a partition that cannot answer is no hindrance to another one', async () => {
  const topic = await createTopic(brokers);
  const questions = ask(topic);
  const missing = expect(questions.bounds(99)).rejects.toThrow('partition 99 has no leader');
  const untilMs = performance.now() + 10_000;
  expect(await askUntil(() => questions.bounds(0), untilMs)).toEqual({ low: 0, high: 0, end: 0 });
  await missing;
});

it('a topic that is not there is an error, and is not made', async () => {
  const questions = ask('nowhere-to-be-found');
  await expect(questions.describe()).rejects.toThrow(/[Uu]nknown topic/);
  await expect(questions.bounds(0)).rejects.toThrow(/[Uu]nknown topic/);
});

it('closed, it rejects every question', async () => {
  const questions = ask(await createTopic(brokers));
  questions.close();
  await expect(questions.describe()).rejects.toThrow('not connected to Kafka');
});

it('a partition that was added since the last question tells its bounds', async () => {
  const topic = await createTopic(brokers);
  const questions = ask(topic);
  const bounds = (partition: number) =>
    askUntil(() => questions.bounds(partition), performance.now() + 10_000);
  await bounds(0);
  await addPartitions(brokers, topic, 2);
  expect(await bounds(1)).toEqual({ low: 0, high: 0, end: 0 });
});
