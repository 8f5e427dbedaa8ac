import { printable, type SinkConfig } from './config.ts';
import { connect, disconnect, newGroupClient } from './group-client.ts';
import { WebHdfsClient } from './webhdfs/client.ts';

const ANSWER_WITHIN_MS = 5_000;

type Say = (line: string) => void;

/**
 * What `--check` does: shows the settings, asks the brokers for the topic and a NameNode for the folder, and writes
 * nothing. Resolves with whether the sink could work.
 */
export async function check(config: SinkConfig, say: Say): Promise<boolean> {
  say(`settings: ${JSON.stringify(printable(config), null, 2)}`);
  const found = [await checkKafka(config, say), await checkHdfs(config, say)];
  return found.every(Boolean);
}

async function checkKafka(config: SinkConfig, say: Say): Promise<boolean> {
  const topic = config.KAFKA_TOPIC;
  const client = newGroupClient(
    {
      brokers: config.KAFKA_BROKERS,
      group: config.KAFKA_GROUP,
      sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
      instanceId: undefined,
      config: config.KAFKA_CONFIG,
    },
    () => {},
  );
  try {
    const metadata = await connect(client, { topic, timeoutMs: ANSWER_WITHIN_MS });
    const partitions = metadata.topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    say(`brokers: ${metadata.brokers.map(({ host, port }) => `${host}:${port}`).join(', ')}`);
    say(partitions === 0 ? `topic ${topic}: is not there` : `topic ${topic}: ${partitions} partitions`);
    return partitions > 0;
  } catch (error) {
    say(`brokers: ${config.KAFKA_BROKERS} did not answer: ${error instanceof Error ? error.message : error}`);
    return false;
  } finally {
    await disconnect(client, ANSWER_WITHIN_MS);
  }
}

/** A folder that is not there yet is made at the first claim. */
async function checkHdfs(config: SinkConfig, say: Say): Promise<boolean> {
  const client = new WebHdfsClient({
    nameNodes: config.HDFS_URL,
    user: config.HDFS_USER,
    timeoutMs: ANSWER_WITHIN_MS,
  });
  try {
    await client.ask('GET', '/', 'LISTSTATUS');
    say(
      `HDFS: ${config.HDFS_URL.join(', ')} answers; segments go to ${config.HDFS_DIR}/${config.KAFKA_TOPIC}`,
    );
    return true;
  } catch (error) {
    say(`HDFS: ${error instanceof Error ? error.message : error}`);
    return false;
  } finally {
    client.close();
  }
}
