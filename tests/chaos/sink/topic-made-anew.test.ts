import { makeTopic } from '../../../infra/local/kafka/topic.ts';
import { startLoad } from '../../support/kafka/load.ts';
import { deleteTopic, readTopic } from '../../support/kafka/topic.ts';
import { readMetric } from '../../support/process/sink-process.ts';
import { disaster } from '../../support/stage/disaster.ts';
import { until } from '../../support/until.ts';

const PARTITIONS = 3;

disaster('the topic is made anew under a running group', { withinMs: 120_000 }, async (stage) => {
  const { brokers, topic } = stage;
  const sink = await stage.startSink();
  await stage.begins();
  await stage.load.stop();
  const expected = await readTopic(brokers, topic);
  await until(async () => (await sink.lines()) === expected.length, { what: 'all is durable' });
  await deleteTopic(brokers, topic);
  await makeTopic({ brokers, topic, partitions: PARTITIONS });
  stage.count('topic made anew');
  const load = await startLoad({ brokers, topic, eventsPerSecond: 20 });
  const stopped = async () => (await readMetric(sink.url, 'sink_partition_stopped')) === PARTITIONS;
  await until(stopped, { what: 'all partitions are stopped', withinMs: 60_000 });
  const saysWhy = async () => (await (await fetch(`${sink.url}/readyz`)).text()).includes('made anew');
  await until(saysWhy, { what: '/readyz says why' });
  await load.stop();
  await stage.judge({ expected });
});
