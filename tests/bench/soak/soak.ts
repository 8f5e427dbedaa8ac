import type { BenchCluster } from '../cluster/bench-cluster.ts';
import { WEBHDFS } from '../cluster/transports.ts';
import { megabytes, memoryRows } from '../figures/resident-memory.ts';
import { circumstances, type Section, TITLES, table } from '../figures/results.ts';
import {
  SLOW_APPEND_MS,
  SOAK_BUFFER_BYTES,
  SOAK_PARTITIONS,
  type Soak,
  soak,
  WAVE_EVENTS_PER_SECOND,
  WAVE_MS,
} from './soak-run.ts';

/** On a busy machine heaps and arenas find their size in this time. Its samples do not count. */
const WARM_UP_MINUTES = 10;

/** Measures whether the sink's memory stays flat under load while every append is answered late. */
export async function benchSoak(cluster: BenchCluster, minutes: number): Promise<Section> {
  console.log(`soak: ${WARM_UP_MINUTES} minutes to warm up, then ${minutes} that count`);
  const forMs = (WARM_UP_MINUTES + minutes) * 60_000;
  const soaked = await cluster.withTransport(WEBHDFS.first, (hdfsUrl) =>
    soak({ brokers: cluster.brokers, hdfsUrl, forMs }),
  );
  return { title: TITLES.soak, body: report(soaked, minutes) };
}

function report(soaked: Soak, minutes: number): string {
  const counted = soaked.samples.filter(({ atMs }) => atMs >= WARM_UP_MINUTES * 60_000);
  const rows = [
    ...memoryRows(counted),
    ['read but not durable, most', `${megabytes(soaked.mostBufferedBytes)} MB`],
  ];
  const seconds = WAVE_MS / 1_000;
  return `${circumstances()}

The table has the resident memory of supervisor and worker together, sampled every five seconds for
${minutes} minutes. Before them come ${WARM_UP_MINUTES} minutes to warm up. A proxy hands each append to the DataNode
${SLOW_APPEND_MS / 1_000} s late.

The load alternates: ${seconds} seconds of ${WAVE_EVENTS_PER_SECOND.toLocaleString('en')} events a second into ${SOAK_PARTITIONS} partitions, then ${seconds} seconds without
events. \`BUFFER_BYTES\` has its least value, ${SOAK_BUFFER_BYTES.toLocaleString('en')}, so the sink pauses and resumes partitions all
the time. ${soaked.acked.toLocaleString('en')} events were acked, and at the end all were durable. That took ${soaked.appends.toLocaleString('en')} appends
of ${soaked.meanAppendSeconds.toFixed(2)} s on average.

${table(['memory', ''], rows)}`;
}
