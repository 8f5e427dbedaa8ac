import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../infra/local/process/root.ts';
import { BenchCluster } from './cluster/bench-cluster.ts';
import { benchDrain, benchHdfsDrain } from './drain/drain.ts';
import { type Section, writeResults } from './figures/results.ts';
import { benchFlushes } from './flushes/flushes.ts';
import { benchHdfsLatency, benchLatency } from './latency/latency.ts';
import { benchPartitions } from './partitions/partitions.ts';
import { benchCollector } from './producer/collector.ts';
import { benchCollectorSoak } from './producer/collector-soak.ts';
import { benchSoak } from './soak/soak.ts';

/**
 * `npm run bench` runs all of BENCHES, and `npm run bench -- collector` one of them. `npm run bench
 * -- --soak 30` measures the sink's memory for 30 minutes. Each run rewrites the sections of
 * RESULTS.md that it measured.
 */
type Bench = (cluster: BenchCluster) => Promise<Section>;

const BENCHES: Readonly<Record<string, Bench>> = {
  collector: benchCollector,
  'collector-soak': benchCollectorSoak,
  flushes: benchFlushes,
  drain: benchDrain,
  'hdfs-drain': benchHdfsDrain,
  latency: benchLatency,
  'hdfs-latency': benchHdfsLatency,
  partitions: benchPartitions,
};

/** @throws {TypeError} naming the mistake */
function benchesOf(args: readonly string[]): Bench[] {
  const options = { soak: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const minutes = Number(values.soak ?? 1);
  if (!(minutes > 0)) throw new TypeError(`--soak ${values.soak}: give minutes`);
  const soak: Bench[] = values.soak === undefined ? [] : [(cluster) => benchSoak(cluster, minutes)];
  const named = positionals.map((name) => {
    const bench = BENCHES[name];
    if (!bench)
      throw new TypeError(`there is no benchmark "${name}", but ${Object.keys(BENCHES).join(', ')}`);
    return bench;
  });
  return [...(soak.length + named.length > 0 ? named : Object.values(BENCHES)), ...soak];
}

const benches = benchesOf(process.argv.slice(2));
const cluster = await BenchCluster.start();
try {
  for (const bench of benches) {
    const section = await bench(cluster);
    console.log(`\n## ${section.title}\n\n${section.body}\n`);
    await writeResults(join(root, 'tests/bench/RESULTS.md'), [section]);
  }
} finally {
  await cluster.stop();
}
