import type { BenchCluster } from '../cluster/bench-cluster.ts';
import { memoryRows } from '../figures/resident-memory.ts';
import { circumstances, type Section, TITLES, table } from '../figures/results.ts';
import { CONNECTIONS, type CollectorSoak, EVENTS_PER_SECOND, soakCollector } from './collector-soak-run.ts';

const HOUR_SECONDS = 3_600;
/**
 * Until then heaps and arenas find their size. The window of remembered ids is full after a fifth
 * of these requests.
 */
const WARM_UP_REQUESTS = 1_000_000;

/** Measures whether the producer's memory stays flat under the requests of an hour. */
export async function benchCollectorSoak({ brokers }: BenchCluster): Promise<Section> {
  const counted = HOUR_SECONDS * EVENTS_PER_SECOND;
  console.log(`collector-soak: ${WARM_UP_REQUESTS} requests to warm up, then ${counted} that count`);
  const soaked = await soakCollector(brokers, WARM_UP_REQUESTS + counted);
  return { title: TITLES.collectorSoak, body: report(soaked) };
}

function report({ samples, acked, tookMs, p99Ms }: CollectorSoak): string {
  const counted = samples.filter(({ atMs }) => atMs >= (WARM_UP_REQUESTS / EVENTS_PER_SECOND) * 1_000);
  const rate = EVENTS_PER_SECOND.toLocaleString('en');
  return `${circumstances()}

The table has the resident memory of the producer. The producer answers as many requests as come in
an hour at ${rate} a second. Before them come ${WARM_UP_REQUESTS.toLocaleString('en')} requests to warm up. The load sends over ${CONNECTIONS}
connections, as fast as the producer answers. An hour is counted in requests.

Each request has an id of its own. So the producer remembers \`REPEAT_WINDOW_EVENTS\` ids all the
while. ${acked.toLocaleString('en')} events were acked in ${(tookMs / 60_000).toFixed(1)} minutes, and none was refused. The p99 of the answers
is ${p99Ms} ms.

${table(['memory', ''], memoryRows(counted))}`;
}
