import { setTimeout as delay } from 'node:timers/promises';
import type { HdfsCluster } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import { CLIENT_PROCESSOR, CLUSTER_PROCESSORS, keepTo } from '../cluster/processors.ts';
import { FlushClient, type FlushOrder, type MeasuredFlushes } from './flush-client.ts';

/** Hadoop's client, the sink's client over HDFS's own protocol, and the sink's over WebHDFS. */
export type Subject = 'java' | 'hdfs' | 'webhdfs';
export const SUBJECTS: readonly Subject[] = ['java', 'hdfs', 'webhdfs'];

export interface Measured extends MeasuredFlushes {
  readonly subject: Subject;
  readonly round: number;
  readonly order: FlushOrder;
}

/**
 * With `own` the client has a processor that HDFS does not use. With `shared` both use all
 * processors. Then the number of threads that have to be woken counts as well.
 */
export type Processors = 'own' | 'shared';

export interface RoundOptions {
  readonly processors: Processors;
  readonly orders: readonly FlushOrder[];
  readonly rounds: number;
  readonly warmUpRounds: number;
}

/**
 * After a client's turn the DataNodes delete its files in the background, once a heartbeat tells
 * them to.
 */
const SETTLE_MS = 1_200;

/**
 * Measures all clients by all orders, round after round. The clients stay up, so that all are
 * equally warm.
 */
export async function measureFlushes(hdfs: HdfsCluster, options: RoundOptions): Promise<Measured[]> {
  const clients = start(hdfs);
  if (options.processors === 'own') {
    for (const { pid } of clients.values()) keepTo(CLIENT_PROCESSOR, pid);
    for (const { pid } of [hdfs.nameNode, ...hdfs.dataNodes]) keepTo(CLUSTER_PROCESSORS, pid);
  }
  const measured: Measured[] = [];
  try {
    for (let round = 1 - options.warmUpRounds; round <= options.rounds; round++) {
      const these = await inTurns(clients, options.orders, round);
      console.log(`flushes, round ${round}: ${these.map(short).join('; ')}`);
      if (round > 0) measured.push(...these);
    }
    return measured;
  } finally {
    await Promise.all([...clients.values()].map((client) => client.stop()));
  }
}

function start({ url, rpcUrls: [rpcUrl = ''] }: HdfsCluster): ReadonlyMap<Subject, FlushClient> {
  return new Map([
    ['java', FlushClient.java(rpcUrl, '/flushes/java')],
    ['hdfs', FlushClient.ours(rpcUrl, '/flushes/hdfs')],
    ['webhdfs', FlushClient.ours(url, '/flushes/webhdfs')],
  ]);
}

/** Each client is the first in a third of the rounds. */
async function inTurns(
  clients: ReadonlyMap<Subject, FlushClient>,
  orders: readonly FlushOrder[],
  round: number,
): Promise<Measured[]> {
  const measured: Measured[] = [];
  const first = Math.abs(round) % SUBJECTS.length;
  for (const order of orders) {
    for (const subject of [...SUBJECTS.slice(first), ...SUBJECTS.slice(0, first)]) {
      await delay(SETTLE_MS);
      const result = await clients.get(subject)?.measure(order);
      if (result) measured.push({ ...result, subject, round, order });
    }
  }
  return measured;
}

function short({ subject, order, flushes, seconds, p50Ms }: Measured): string {
  const megabytes = (flushes * order.bytes) / seconds / 1e6;
  return `${subject} ${order.files}: ${(flushes / seconds).toFixed(0)}/s ${megabytes.toFixed(1)} MB/s p50 ${p50Ms.toFixed(2)}`;
}
