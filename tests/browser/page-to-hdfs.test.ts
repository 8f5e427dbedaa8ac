import { expect, inject, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { readStoredFiles } from '../support/hdfs/stored-files.ts';
import { CLEAN } from '../support/judge/judge.ts';
import { createTopic } from '../support/kafka/topic.ts';
import { startRole } from '../support/process/role-process.ts';
import { startSink } from '../support/process/sink-process.ts';
import { judgeWhenSettled } from '../support/stage/settled.ts';

const brokers = inject('kafkaBrokers');
const url = inject('hdfsUrl');

it('a click on the page becomes a line in HDFS, at the place the page names', async () => {
  const topic = await createTopic(brokers, { partitions: 3 });
  const settings = { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_GROUP: topic, HDFS_URL: url };
  const producer = await startRole('producer', settings);
  const sink = await startSink(settings);
  const browser = await launchBrowser();
  try {
    await Promise.all([producer.ready(), sink.ready()]);
    const page = await browser.newPage();
    await page.goto(producer.url);
    await page.fill('#user', '이몽룡');
    for (const service of ['blue', 'red', 'green']) await page.click(`button[data-service="${service}"]`);
    const stored = page.locator('#outcomes li[data-outcome="stored"]');
    await stored.nth(2).waitFor();
    const { verdict, records } = await judgeWhenSettled(brokers, { url, dir: '/data', topic });
    expect(verdict).toEqual(CLEAN);
    expect(records).toBe(3);
    const lines = (await readStoredFiles({ url, dir: '/data', topic })).flatMap((file) =>
      file.content.toString().trimEnd().split('\n').filter(Boolean),
    );
    for (const line of lines.map((text) => JSON.parse(text))) {
      expect(line).toMatchObject({ user: '이몽룡' });
      const place = `파티션 ${line.kafka_partition}, 오프셋 ${line.kafka_offset}`;
      expect((await stored.allTextContents()).join('\n')).toContain(place);
    }
  } finally {
    await Promise.all([browser.close(), producer.stop(), sink.stop()]);
  }
});
