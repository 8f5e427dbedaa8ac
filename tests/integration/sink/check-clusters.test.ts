import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import type { HdfsCluster } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import type { HdfsOptions } from '../../../infra/local/hdfs/hdfs-options.ts';
import { check } from '../../../sink/check.ts';
import { readConfig } from '../../../sink/config.ts';
import { prepareOwnHdfs } from '../../support/hdfs/own-hdfs.ts';
import { createTopic } from '../../support/kafka/topic.ts';

const brokers = inject('kafkaBrokers');

const releasers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const release of releasers.splice(0).reverse()) await release();
});

/** Starts the nodes of a cluster. It may not take writes yet. */
async function startNodes(options: Omit<HdfsOptions, 'folder'>): Promise<HdfsCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'web-events-check-'));
  releasers.push(() => rm(folder, { recursive: true, force: true }));
  const hdfs = await prepareOwnHdfs({ folder, ...options });
  releasers.push(() => hdfs.stop());
  await Promise.all([hdfs.nameNode, ...hdfs.dataNodes].map((node) => node.start()));
  return hdfs;
}

async function report({ url }: HdfsCluster): Promise<{ works: boolean; text: string }> {
  const topic = await createTopic(brokers);
  const settings = { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_GROUP: topic, HDFS_URL: url };
  const said: string[] = [];
  const works = await check(readConfig(settings), (line) => said.push(line));
  return { works, text: said.join('\n') };
}

// Each test starts a cluster of its own, which takes long on a busy machine.
describe('--check, on a cluster', { timeout: 180_000 }, () => {
  it("with Hadoop's own close delay, warns and prints the property that mends it", async () => {
    const hdfs = await startNodes({ closeDelayMs: 400 });
    await hdfs.ready();
    const { works, text } = await report(hdfs);
    expect(text).toMatch(/^warn append /m);
    expect(text).toContain('<name>dfs.client.block.write.locateFollowingBlock.initial.delay.ms</name>');
    expect(works).toBe(true);
  });

  it('with fewer DataNodes than its replication, warns', async () => {
    const hdfs = await startNodes({ properties: { 'dfs.replication': '2' } });
    await hdfs.ready();
    const { works, text } = await report(hdfs);
    expect(text).toMatch(/^warn replicas .*replication is 2, and the file has 1/m);
    expect(works).toBe(true);
  });

  it('whose NameNode takes no name as long as that of a published file, fails and names the limit', async () => {
    const hdfs = await startNodes({ properties: { 'dfs.namenode.fs-limits.max-component-length': '80' } });
    await hdfs.ready();
    const { works, text } = await report(hdfs);
    expect(text).toMatch(/^FAIL publish .*PathComponentTooLongException.*\n.*max-component-length/m);
    expect(works).toBe(false);
  });

  it('in safe mode, fails and says what to do', async () => {
    // The NameNode never leaves safe mode, since so many DataNodes never come.
    const hdfs = await startNodes({ properties: { 'dfs.namenode.safemode.min.datanodes': '9' } });
    const { works, text } = await report(hdfs);
    expect(text).toMatch(/^FAIL scratch .*safe mode.*\n.*-safemode get/m);
    expect(works).toBe(false);
  });

  it('whose DataNode has a name that does not resolve, fails and names it', async () => {
    const hdfs = await startNodes({ properties: { 'dfs.datanode.hostname': 'datanode.invalid' } });
    await hdfs.ready();
    const { works, text } = await report(hdfs);
    expect(text).toMatch(/^warn DataNodes .*datanode\.invalid:\d+ .*\n.*does not resolve/m);
    expect(text).toMatch(/^FAIL create .*ENOTFOUND|^FAIL create .*EAI_AGAIN/m);
    expect(works).toBe(false);
  });
});
