import type { BenchCluster } from '../cluster/bench-cluster.ts';
import { memoryRows } from '../figures/resident-memory.ts';
import { circumstances, type Section, TITLES, table } from '../figures/results.ts';
import { CONNECTIONS, type CollectorSoak, EVENTS_PER_SECOND, soakCollector } from './collector-soak-run.ts';

const HOUR_SECONDS = 3_600;
/** The window of remembered ids is full after a fifth of this; heaps and arenas find their size. */
const WARM_UP_REQUESTS = 1_000_000;

/** Whether the collector's memory stays flat under an hour's worth of requests. */
export async function benchCollectorSoak({ brokers }: BenchCluster): Promise<Section> {
  const counted = HOUR_SECONDS * EVENTS_PER_SECOND;
  console.log(`collector-soak: ${WARM_UP_REQUESTS} requests to warm up, then ${counted} that count`);
  const soaked = await soakCollector(brokers, WARM_UP_REQUESTS + counted);
  return { title: TITLES.collectorSoak, body: report(soaked) };
}

function report({ samples, acked, tookMs, p99Ms }: CollectorSoak): string {
  const counted = samples.filter(({ atMs }) => atMs >= (WARM_UP_REQUESTS / EVENTS_PER_SECOND) * 1_000);
  const rate = EVENTS_PER_SECOND.toLocaleString('en');
  return `${circumstances()} What the collector has resident while it answers as many requests as come in an hour at ${rate} a second, sent as fast as it
answers over ${CONNECTIONS} connections, after ${WARM_UP_REQUESTS.toLocaleString('en')} to warm up. An hour is counted in requests. Each has an id of its own, so that all \`REPEAT_WINDOW_EVENTS\` ids
are remembered all the while. ${acked.toLocaleString('en')} were acked in ${(tookMs / 60_000).toFixed(1)} minutes, none was refused; p99 ${p99Ms} ms.

${table(['memory', ''], memoryRows(counted))}`;
}
