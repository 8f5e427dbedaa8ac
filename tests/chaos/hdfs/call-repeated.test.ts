import { expect } from 'vitest';
import { readMetric } from '../../support/process/sink-process.ts';
import { disaster } from '../../support/stage/disaster.ts';

/** What a partition asks of the NameNode while it is written. */
const CALLS = ['addBlock', 'CREATE', 'complete', 'MKDIRS', 'RENAME'];

/** The NameNode keeps what it answered, and answers so again: by its id the call is known for one that is applied already. */
const options = { withinMs: 180_000, over: ['hdfs'] as const };

disaster('an answer is swallowed, and the call sent again', options, async (stage) => {
  const sink = await stage.startSink();
  await stage.begins();
  const claims = await readMetric(sink.url, 'sink_claims_total');
  for (const op of CALLS) {
    await stage.befalls({ op }, { kind: 'swallow', repetition: 'passes' });
    await stage.recovers();
  }
  expect(await readMetric(sink.url, 'sink_claims_total')).toBe(claims);
  await stage.judge();
});
