import { expect, inject, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { OpenPage } from '../support/browser/open-page.ts';
import { readStoredFiles } from '../support/hdfs/stored-files.ts';
import { CLEAN } from '../support/judge/judge.ts';
import { createTopic } from '../support/kafka/topic.ts';
import { startRole } from '../support/process/role-process.ts';
import { startSink } from '../support/process/sink-process.ts';
import { judgeWhenSettled } from '../support/stage/settled.ts';

const brokers = inject('kafkaBrokers');
const url = inject('hdfsUrl');

it('a click on the page becomes one line in HDFS, at the place that the page names', async () => {
  const topic = await createTopic(brokers, { partitions: 3 });
  const settings = { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_GROUP: topic, HDFS_URL: url };
  const producer = await startRole('producer', settings);
  const sink = await startSink(settings);
  const browser = await launchBrowser();
  try {
    await Promise.all([producer.ready(), sink.ready()]);
    const site = await OpenPage.open(browser, producer.url);
    const ids: (string | null)[] = [];
    site.page.on('request', (request) => ids.push(new URL(request.url()).searchParams.get('id')));
    await site.choose('이몽룡', 'blue', 'red', 'green');
    const shown = await site.shown('stored', 3);
    const { verdict, records } = await judgeWhenSettled(brokers, { url, dir: '/data', topic });
    expect(verdict).toEqual(CLEAN);
    expect(records).toBe(3);
    const files = await readStoredFiles({ url, dir: '/data', topic });
    const lines = files.flatMap(({ content }) => content.toString().split('\n').filter(Boolean));
    const events = lines.map((line) => JSON.parse(line));
    expect(events.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(events.map(({ service }) => service).sort()).toEqual(['blue', 'green', 'red']);
    for (const event of events) {
      expect(event).toMatchObject({ user: '이몽룡' });
      const place = `토픽 ${topic}, 파티션 ${event.kafka_partition}, 오프셋 ${event.kafka_offset}`;
      expect(shown.join('\n')).toContain(place);
    }
  } finally {
    await Promise.all([browser.close(), producer.stop(), sink.stop()]);
  }
});
