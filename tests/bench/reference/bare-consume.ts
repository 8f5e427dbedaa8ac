import kafka from '@confluentinc/kafka-javascript';

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
client.setDefaultConsumeTimeout(50);
(
  client as typeof client & { setDefaultIsTimeoutOnlyForFirstMessage(value: boolean): void }
).setDefaultIsTimeoutOnlyForFirstMessage(true);

const consume = () =>
  new Promise<number>((resolve, reject) => {
    client.consume(1_000, (error, batch) => (error ? reject(error) : resolve(batch.length)));
  });

client.connect({ timeout: 10_000 }, async (error) => {
  if (error) throw error;
  client.assign(
    Array.from({ length: Number(partitions) }, (_, partition) => ({ topic, partition, offset: 0 })),
  );
  const begunMs = performance.now();
  for (let read = 0; read < Number(messages); ) read += await consume();
  const seconds = (performance.now() - begunMs) / 1_000;
  process.stdout.write(`${Number(messages) / seconds}\n`, () => process.exit(0));
});
