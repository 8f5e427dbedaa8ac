import { join } from 'node:path';
import type { LocalConfig } from './config.ts';
import { type HdfsCluster, prepareHdfs } from './hdfs/hdfs-cluster.ts';
import { type KafkaCluster, prepareKafka } from './kafka/kafka-broker.ts';
import { makeTopic } from './kafka/topic.ts';
import { keepRunning } from './process/keep-running.ts';
import { LogTail } from './process/log-tail.ts';
import type { ClusterNode } from './process/node-process.ts';
import { roleProcess, rolesOf } from './role.ts';
import { warningOf, withoutRepeats } from './warning.ts';

const PARTITIONS = 3;

/**
 * Owns every process of `npm start`: a broker, a NameNode, a DataNode, the producer and the sink.
 * `start` starts them in the order of their dependencies and then keeps each of them running.
 * `stop` ends them in the reverse order, so the sink drains while HDFS still runs. After `stop` or
 * `kill` the pipeline starts no process again.
 */
export class Pipeline {
  readonly #config: LocalConfig;
  readonly #kafka: KafkaCluster;
  readonly #hdfs: HdfsCluster;
  readonly #roles: readonly ClusterNode[];
  readonly #tails: readonly LogTail[];
  readonly #say: (line: string) => void;
  readonly #stopping = new AbortController();

  private constructor(
    config: LocalConfig,
    kafka: KafkaCluster,
    hdfs: HdfsCluster,
    say: (line: string) => void,
  ) {
    this.#config = config;
    this.#kafka = kafka;
    this.#hdfs = hdfs;
    this.#say = say;
    this.#roles = rolesOf(config).map((role) => roleProcess(role, config));
    const warn = withoutRepeats(say);
    this.#tails = this.#roles.map(({ name, logFile }) => {
      return new LogTail(logFile, (line) => {
        const warning = warningOf(name, line);
        if (warning !== undefined) warn(warning);
      });
    });
  }

  /** Checks the ports and formats new folders. Starts no process. */
  static async prepare(config: LocalConfig, say: (line: string) => void): Promise<Pipeline> {
    const logFolder = join(config.dataFolder, 'logs');
    const [kafka, hdfs] = await Promise.all([
      prepareKafka({
        folder: join(config.dataFolder, 'kafka'),
        port: config.kafkaPort,
        controllerPort: config.kafkaControllerPort,
        logFolder,
      }),
      prepareHdfs({ folder: join(config.dataFolder, 'hdfs'), ports: config.hdfsPorts, logFolder }),
    ]);
    return new Pipeline(config, kafka, hdfs, say);
  }

  async start(): Promise<void> {
    await Promise.all([this.#startKafka(), this.#startHdfs()]);
    for (const tail of this.#tails) tail.start();
    await Promise.all(this.#roles.map((role) => this.#startRole(role)));
    for (const node of this.#nodes()) void keepRunning(node, this.#stopping.signal, this.#say);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#roles.map((role) => role.stop()));
    for (const tail of this.#tails) tail.stop();
    await this.#hdfs.stop();
    await this.#kafka.stop();
  }

  /** Kills every process at once. Each leash then ends what its process left behind. */
  kill(): void {
    this.#stopping.abort();
    for (const node of this.#nodes()) void node.signal('SIGKILL');
  }

  async #startKafka(): Promise<void> {
    await this.#kafka.broker.start();
    this.#say(`Kafka is ready at ${this.#kafka.brokers}`);
    const { topic } = this.#config;
    const made = await makeTopic({ brokers: this.#kafka.brokers, topic, partitions: PARTITIONS });
    this.#say(made ? `created topic ${topic} with ${PARTITIONS} partitions` : `topic ${topic} exists`);
  }

  async #startHdfs(): Promise<void> {
    await Promise.all([this.#hdfs.nameNode, ...this.#hdfs.dataNodes].map((node) => node.start()));
    await this.#hdfs.ready();
    this.#say(`HDFS is ready at ${this.#hdfs.rpcUrls.join(',')} and ${this.#hdfs.url}`);
  }

  async #startRole(role: ClusterNode): Promise<void> {
    await role.start();
    this.#say(`${role.name} is ready`);
  }

  #nodes(): readonly ClusterNode[] {
    return [...this.#roles, ...this.#hdfs.dataNodes, this.#hdfs.nameNode, this.#kafka.broker];
  }
}
