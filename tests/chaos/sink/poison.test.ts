import { readMetric } from '../../support/process/sink-process.ts';
import { disaster, EITHER, inShort } from '../../support/stage/disaster.ts';
import { until } from '../../support/until.ts';

const POISON = inShort(150, 600);
/** Close to the largest record that a broker takes by default. */
const MEGABYTE = 1_048_000;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Values that the sink rejects, because no line can carry them, or not every reader reads them. */
const REJECTED: readonly ((random: () => number) => Buffer | null)[] = [
  () => null,
  () => Buffer.alloc(0),
  (random) => Buffer.from(Array.from({ length: 1 + random() * 500 }, () => Math.floor(random() * 256))),
  () => json([1, 2, 3]),
  () => json('text'),
  () => Buffer.from('{"a":1\n}'),
  () => Buffer.from('{"a":1'),
  () => json({ kafka_offset: 0, kafka_partition: 0 }),
  () => json({ KAFKA_OFFSET: 0 }),
  () => json({ text: '\ud800' }),
  () => json({ deep: [{ User: 1, user: 2 }] }),
  () => Buffer.from('{"a":1,"a":2}'),
  () => Buffer.alloc(MEGABYTE, 0xff),
];
const STORED: readonly (() => Buffer)[] = [
  () => json({ text: 'x'.repeat(MEGABYTE) }),
  () => json({ '': '\u0000\u2028😀', deep: { kafka_offset: 1 } }),
];

disaster(
  'poison records among the good',
  { over: EITHER, withinMs: 180_000, eventsPerSecond: 200 },
  async (stage) => {
    const sink = await stage.startSink();
    await stage.begins();
    let rejected = 0;
    for (let count = 0; count < POISON; count++) {
      const kinds = [...REJECTED, ...STORED];
      const kind = stage.pick(kinds.length);
      if (kind < REJECTED.length) rejected += 1;
      stage.load.add({
        partition: stage.pick(3),
        key: Buffer.from([0, stage.pick(256), 0xff]),
        value: kinds[kind]?.(stage.random) ?? null,
      });
      stage.count('record');
      // Large records must leave the client's queue before it has room for more.
      await until(() => stage.load.waiting < 100, { what: 'the broker keeps up' });
    }
    await stage.recovers();
    const counted = async () => (await readMetric(sink.url, 'sink_rejected_total')) === rejected;
    await until(counted, { what: `${rejected} records are counted as rejected`, withinMs: 60_000 });
    await stage.judge();
  },
);
