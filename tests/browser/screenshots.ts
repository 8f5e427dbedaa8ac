import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafka from '@confluentinc/kafka-javascript';
import type { Browser } from 'playwright-core';
import { type HdfsCluster, startHdfs } from '../../infra/local/hdfs/hdfs-cluster.ts';
import { type KafkaCluster, startKafka } from '../../infra/local/kafka/kafka-broker.ts';
import { root } from '../../infra/local/process/root.ts';
import { launchBrowser } from '../support/browser/browser.ts';
import { OpenPage } from '../support/browser/open-page.ts';
import { type RoleProcess, startRole } from '../support/process/role-process.ts';
import { type SinkProcess, startSink } from '../support/process/sink-process.ts';
import { until } from '../support/until.ts';

/**
 * `npm run screenshots`: takes the pictures of the documentation in a real Chromium, from a real
 * producer, Kafka, sink and HDFS, and writes them to `site/screenshots/`.
 */
const FOLDER = join(root, 'site/screenshots');
const TOPIC = 'web-events';
/** Large enough for the record of a short name, too small for that of a long one. */
const MAX_RECORD_BYTES = 500;
const SHORT_NAME = '홍길동';
const LONG_NAME =
  '김수한무 거북이와 두루미 삼천갑자 동방삭 치치카포 사리사리센타 워리워리 세브리깡 무두셀라 구름이';
const CONTEXT = { viewport: { width: 600, height: 400 }, deviceScaleFactor: 1.5, locale: 'ko-KR' };

interface RunningPipeline {
  readonly broker: KafkaCluster;
  readonly hdfs: HdfsCluster;
  readonly producer: RoleProcess;
  readonly sink: SinkProcess;
}

/** What this program started, each with how it ends. The latest ends first. */
const releases: (() => Promise<unknown>)[] = [];

async function acquire<T>(acquired: Promise<T>, release: (thing: T) => Promise<unknown>): Promise<T> {
  const thing = await acquired;
  releases.push(() => release(thing));
  return thing;
}

async function startPipeline(): Promise<RunningPipeline> {
  const folder = await acquire(mkdtemp(join(tmpdir(), 'web-events-screenshots-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const broker = await acquire(startKafka({ folder: join(folder, 'kafka') }), (cluster) => cluster.stop());
  const hdfs = await acquire(startHdfs({ folder: join(folder, 'hdfs') }), (cluster) => cluster.stop());
  await makeTopic(broker.brokers);
  const settings = { KAFKA_BROKERS: broker.brokers, KAFKA_TOPIC: TOPIC, HDFS_URL: hdfs.url };
  const producer = await acquire(startRole('producer', settings), (role) => role.stop());
  const sink = await acquire(startSink(settings), (role) => role.stop());
  await Promise.all([producer.ready(), sink.ready()]);
  return { broker, hdfs, producer, sink };
}

function makeTopic(brokers: string): Promise<void> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': brokers });
  const config = { 'max.message.bytes': String(MAX_RECORD_BYTES) };
  const wanted = { topic: TOPIC, num_partitions: 3, replication_factor: 1, config };
  const made = new Promise<void>((resolve, reject) => {
    admin.createTopic(wanted, (error) => (error ? reject(error) : resolve()));
  });
  return made.finally(() => admin.disconnect());
}

async function take(site: OpenPage, name: string): Promise<void> {
  await site.page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
  console.log(`site/screenshots/${name}.png`);
}

/** Three clicks that Kafka and HDFS have. */
async function takeStored(browser: Browser, { producer, sink }: RunningPipeline): Promise<OpenPage> {
  const site = await OpenPage.open(browser, producer.url, CONTEXT);
  for (const [i, service] of ['blue', 'green', 'red'].entries()) {
    await site.choose(SHORT_NAME, service);
    await site.shown('stored', i + 1);
  }
  await until(async () => (await sink.lines()) === 3, { what: 'HDFS has three lines' });
  await take(site, 'page');
  return site;
}

/**
 * A click that Kafka refuses, one that is repeated while Kafka is away, and the page's earlier
 * clicks.
 */
async function takeOtherOutcomes(site: OpenPage, { broker }: RunningPipeline): Promise<void> {
  await site.choose(LONG_NAME, 'yellow');
  await site.shown('failed');
  await broker.stop();
  await site.choose(SHORT_NAME, 'blue');
  await site.shown('unknown');
  await take(site, 'outcomes');
}

async function takeTracker(browser: Browser, { producer }: RunningPipeline): Promise<void> {
  const site = await OpenPage.open(browser, `${producer.url}/tracker.html`, CONTEXT);
  await site.choose(SHORT_NAME, 'green');
  await site.shown('stored');
  await site.page.context().setOffline(true);
  await site.choose(SHORT_NAME, 'blue', 'red');
  await site.shown('unknown', 2);
  await site.page.locator('#queued', { hasText: '2건' }).waitFor();
  await take(site, 'tracker');
}

try {
  await mkdir(FOLDER, { recursive: true });
  const pipeline = await startPipeline();
  const browser = await acquire(launchBrowser(), (started) => started.close());
  const site = await takeStored(browser, pipeline);
  await takeTracker(browser, pipeline);
  await takeOtherOutcomes(site, pipeline);
} finally {
  for (const release of releases.reverse()) await release();
}
