import kafka from '@confluentinc/kafka-javascript';
import { connect } from '../../../infra/kafka/connection.ts';
import { limitPolls, poll } from '../../../infra/kafka/polling.ts';

/**
 * The reference for the drain: reads a topic from its start with `consume()` and drops every
 * message. It runs in a process of its own with the sink's fetch settings. Prints messages a
 * second.
 */
const [brokers = '', topic = '', partitions = '', messages = ''] = process.argv.slice(2);

const client = new kafka.KafkaConsumer(
  {
    'bootstrap.servers': brokers,
    'group.id': `bare-${process.pid}-${Date.now()}`,
    'enable.auto.commit': false,
    'queued.max.messages.kbytes': 16_384,
  },
  { 'auto.offset.reset': 'earliest' },
);
limitPolls(client, 50);
await connect(client, { timeoutMs: 10_000 });
client.assign(
  Array.from({ length: Number(partitions) }, (_, partition) => ({ topic, partition, offset: 0 })),
);
const begunMs = performance.now();
for (let read = 0; read < Number(messages); ) read += (await poll(client, 1_000)).length;
const seconds = (performance.now() - begunMs) / 1_000;
process.stdout.write(`${Number(messages) / seconds}\n`, () => process.exit(0));
