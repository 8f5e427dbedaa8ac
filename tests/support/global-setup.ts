import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { type HdfsCluster, prepareHdfs } from '../../infra/local/hdfs/hdfs-cluster.ts';
import { type KafkaCluster, startKafka } from '../../infra/local/kafka/kafka-broker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `bootstrap.servers` of the run's own broker. */
    readonly kafkaBrokers: string;
    /** WebHDFS of the run's own NameNode. */
    readonly hdfsUrl: string;
    /** The same NameNode by HDFS's own protocol. */
    readonly hdfsRpcUrl: string;
    /** The folder of a NameNode that was formatted and never started. */
    readonly formattedNameNode: string;
  }
}

/**
 * Starts one real Kafka and one real HDFS for the whole run, on free ports and in a folder that the
 * run deletes. So tests never meet what `npm start` runs in the same clone. The tests share both
 * and keep apart by topics and folders.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'web-events-test-'));
  const starting = [
    startKafka({ folder: join(folder, 'kafka') }),
    startHdfs(join(folder, 'hdfs'), join(folder, 'formatted')),
  ] as const;
  const teardown = async () => {
    const outcomes = await Promise.allSettled<KafkaCluster | HdfsCluster>(starting);
    await Promise.all(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.stop() : undefined)),
    );
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [kafka, hdfs] = await Promise.all(starting);
    project.provide('kafkaBrokers', kafka.brokers);
    project.provide('hdfsUrl', hdfs.url);
    project.provide('hdfsRpcUrl', hdfs.rpcUrls.join(','));
    project.provide('formattedNameNode', join(folder, 'formatted'));
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}

/** Keeps a copy of the formatted NameNode, for the tests that start an HDFS of their own. */
async function startHdfs(folder: string, formatted: string): Promise<HdfsCluster> {
  const hdfs = await prepareHdfs({ folder });
  await cp(join(folder, 'namenode'), formatted, { recursive: true });
  await hdfs.start();
  return hdfs;
}
