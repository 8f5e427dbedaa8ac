import { join } from 'node:path';
import type { LocalConfig } from './config.ts';
import { type HdfsCluster, prepareHdfs } from './hdfs/hdfs-cluster.ts';
import { type KafkaCluster, prepareKafka } from './kafka/kafka-broker.ts';
import { makeTopic } from './kafka/topic.ts';
import { keepRunning } from './process/keep-running.ts';
import { LogTail } from './process/log-tail.ts';
import type { ClusterNode } from './process/node-process.ts';
import { type Role, roleProcess, rolesOf } from './role.ts';
import { warningOf, withoutRepeats } from './warning.ts';

const PARTITIONS = 3;

/**
 * Owns everything `npm start` runs: a broker, a NameNode, a DataNode and our roles. `start` brings them up in the order
 * in which they need each other and from then on keeps each running; `stop` ends them in the reverse order, so that
 * the sink can drain into an HDFS that is still there. After `stop` or `kill` nothing is started any more.
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
    this.#roles = rolesOf(config).map((role: Role) => roleProcess(role, config));
    const warn = withoutRepeats(say);
    this.#tails = this.#roles.map(({ name, logFile }) => {
      return new LogTail(logFile, (line) => {
        const warning = warningOf(name, line);
        if (warning !== undefined) warn(warning);
      });
    });
  }

  /** Ports are checked and new folders formatted; nothing runs yet. */
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

  /** Everything at once and without a word; the leashes see to the rest. */
  kill(): void {
    this.#stopping.abort();
    for (const node of this.#nodes()) void node.signal('SIGKILL');
  }

  async #startKafka(): Promise<void> {
    await this.#kafka.broker.start();
    this.#say(`Kafka answers on ${this.#kafka.brokers}`);
    const { topic } = this.#config;
    const made = await makeTopic({ brokers: this.#kafka.brokers, topic, partitions: PARTITIONS });
    this.#say(made ? `topic ${topic} made, ${PARTITIONS} partitions` : `topic ${topic} is there`);
  }

  async #startHdfs(): Promise<void> {
    await Promise.all([this.#hdfs.nameNode, ...this.#hdfs.dataNodes].map((node) => node.start()));
    await this.#hdfs.ready();
    this.#say(`HDFS takes writes at ${this.#hdfs.url}`);
  }

  async #startRole(role: ClusterNode): Promise<void> {
    await role.start();
    this.#say(`${role.name} is ready`);
  }

  #nodes(): readonly ClusterNode[] {
    return [...this.#roles, ...this.#hdfs.dataNodes, this.#hdfs.nameNode, this.#kafka.broker];
  }
}
