import { expect } from 'vitest';
import { readMetric } from '../../support/process/sink-process.ts';
import { disaster } from '../../support/stage/disaster.ts';

/** The calls to the NameNode while a partition is written. */
const CALLS = ['addBlock', 'CREATE', 'complete', 'MKDIRS', 'RENAME'];

/**
 * The NameNode keeps its answers by the ids of the calls. So it gives a repeated call the same
 * answer, and does not apply the call again.
 */
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
