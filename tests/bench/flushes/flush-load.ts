import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { readConfig } from '../../../sink/config.ts';
import { hdfsFiles } from '../../../sink/storage/access/hdfs.ts';
import type { FileSystem } from '../../../sink/storage/file-system.ts';
import { quantile } from '../figures/quantile.ts';
import type { Flushes } from './flush-client.ts';

/**
 * The sink's own file systems under load, in a process of its own. Each file gets one append after
 * another. Each line of standard input, "files milliseconds bytes", orders one measurement. The
 * answer is a line of JSON, as in FlushReference.java.
 */
const [hdfsUrl = '', folder = ''] = process.argv.slice(2);

/** The size of the sink's own pieces, see `LineBuffer`. */
const CHUNK_BYTES = 65_536;
const WARM_UP_MS = 200;

async function measure(files: FileSystem, [count = 0, forMs = 0, bytes = 0]: number[]): Promise<Flushes> {
  const paths = Array.from({ length: count }, (_, index) => `${folder}/${index}`);
  for (const path of paths) await files.create(path);
  const chunks = chunksOf(bytes);
  const runAll = (ms: number) => Promise.all(paths.map((path) => run(() => files.append(path, chunks), ms)));
  await runAll(WARM_UP_MS);
  const [cpu, sent, begunMs] = [process.cpuUsage(), sentBytes(), performance.now()];
  const tookMs = (await runAll(forMs)).flat();
  const seconds = (performance.now() - begunMs) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const sentNow = sentBytes();
  for (const path of paths) await files.finish(path);
  return {
    flushes: tookMs.length,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    sentBytes: sentNow - sent,
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
  };
}

function chunksOf(bytes: number): Buffer[] {
  const all = Buffer.alloc(bytes, 'x');
  const count = Math.ceil(bytes / CHUNK_BYTES);
  return Array.from({ length: count }, (_, index) =>
    all.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );
}

async function run(append: () => Promise<void>, forMs: number): Promise<number[]> {
  const tookMs: number[] = [];
  let nowMs = performance.now();
  for (const endMs = nowMs + forMs; nowMs < endMs; ) {
    const begunMs = nowMs;
    await append();
    nowMs = performance.now();
    tookMs.push(nowMs - begunMs);
  }
  return tookMs;
}

/** The bytes of all write calls. They go into sockets. */
function sentBytes(): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}

const files = hdfsFiles(readConfig({ HDFS_URL: hdfsUrl }));
for await (const line of createInterface(process.stdin)) {
  await files.makeFolder(folder);
  process.stdout.write(`${JSON.stringify(await measure(files, line.split(' ').map(Number)))}\n`);
  await files.delete(folder);
}
files.close();
