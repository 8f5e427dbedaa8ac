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

/** Heaps and arenas find their size in this time, as seen on a busy machine; what memory does in it is not counted. */
const WARM_UP_MINUTES = 10;

/** Whether the sink's memory stays flat over so many minutes of load while every append is answered late. */
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
  return `${circumstances()} What supervisor and worker have resident together, every five seconds for ${minutes} minutes after
${WARM_UP_MINUTES} minutes of warming up, while a proxy hands each append to the DataNode ${SLOW_APPEND_MS / 1_000} s late. ${seconds} seconds of ${WAVE_EVENTS_PER_SECOND.toLocaleString('en')} events a
second into ${SOAK_PARTITIONS} partitions, ${seconds} seconds of none, and so on, with \`BUFFER_BYTES\` at its least, ${SOAK_BUFFER_BYTES.toLocaleString('en')}, so that partitions are paused and
resumed all the time. ${soaked.acked.toLocaleString('en')} events were acked and, at the end, durable, in ${soaked.appends.toLocaleString('en')} appends of ${soaked.meanAppendSeconds.toFixed(2)} s on average.

${table(['memory', ''], rows)}`;
}
