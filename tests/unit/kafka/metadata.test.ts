import type { Metadata } from '@confluentinc/kafka-javascript';
import { expect, test } from 'vitest';
import { brokerAddresses, partitionsOf, requirePartitions } from '../../../infra/kafka/metadata.ts';

const partition = (id: number) => ({ id, leader: 1, replicas: [1], isrs: [1] });
const METADATA: Metadata = {
  orig_broker_id: 1,
  orig_broker_name: 'broker',
  brokers: [{ id: 1, host: 'kafka-1', port: 9092 }],
  topics: [{ name: 'events', partitions: [partition(2), partition(0), partition(1)] }],
};

test("a topic's partitions come in the order of their ids", () => {
  expect(partitionsOf(METADATA, 'events').map(({ id }) => id)).toEqual([0, 1, 2]);
});

test('a topic that the brokers do not know has no partitions, and is refused where it needs some', () => {
  expect(partitionsOf(METADATA, 'other')).toEqual([]);
  expect(() => requirePartitions(METADATA, 'other')).toThrow('the brokers have no topic "other"');
});

test('brokers are named as KAFKA_BROKERS names them', () => {
  expect(brokerAddresses(METADATA)).toEqual(['kafka-1:9092']);
});
