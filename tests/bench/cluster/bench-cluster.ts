import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HdfsCluster, startHdfs } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import { type KafkaCluster, startKafka } from '../../../infra/local/kafka/kafka-broker.ts';
import type { BenchHdfs } from './bench-hdfs.ts';
import type { Transport } from './transports.ts';

/**
 * The clusters of one run of the benchmarks. The broker runs from the beginning to the end. Only
 * one HDFS runs at a time, with the close delay that a benchmark asks for, because all share the
 * cores.
 */
export class BenchCluster {
  readonly #folder: string;
  readonly #kafka: KafkaCluster;

  private constructor(folder: string, kafka: KafkaCluster) {
    this.#folder = folder;
    this.#kafka = kafka;
  }

  static async start(): Promise<BenchCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'web-events-bench-'));
    return new BenchCluster(folder, await startKafka({ folder: join(folder, 'kafka') }));
  }

  get brokers(): string {
    return this.#kafka.brokers;
  }

  /** Runs `use` with the address of a new HDFS, and then ends that HDFS. */
  withTransport<T>(transport: Transport, use: (hdfsUrl: string) => Promise<T>): Promise<T> {
    return this.withHdfs(transport, ({ url, rpcUrls: [rpcUrl = ''] }) =>
      use(transport.protocol === 'hdfs' ? rpcUrl : url),
    );
  }

  /** Runs `use` with a new HDFS, and then ends that HDFS. */
  async withHdfs<T>(
    { closeDelayMs, dataNodes, copies = dataNodes, blockBytes }: BenchHdfs,
    use: (hdfs: HdfsCluster) => Promise<T>,
  ): Promise<T> {
    const folder = await mkdtemp(join(this.#folder, 'hdfs-'));
    const properties = {
      'dfs.replication': String(copies),
      ...(blockBytes === undefined ? {} : { 'dfs.blocksize': String(blockBytes) }),
    };
    const hdfs = await startHdfs({ folder, closeDelayMs, dataNodes, properties });
    try {
      return await use(hdfs);
    } finally {
      await hdfs.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }

  async stop(): Promise<void> {
    await this.#kafka.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
