import { randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, inject, it } from 'vitest';
import type { HdfsCluster } from '../../../infra/local/hdfs/hdfs-cluster.ts';
import type { HdfsOptions } from '../../../infra/local/hdfs/hdfs-options.ts';
import { type KafkaCluster, startKafka } from '../../../infra/local/kafka/kafka-broker.ts';
import { startOwnHdfs } from '../hdfs/own-hdfs.ts';
import type { Transport } from '../hdfs/transport.ts';
import { type HdfsUrls, Stage, type StageOptions } from './stage.ts';

/** Whether this is `npm run test:chaos`, which plays disasters in full length. */
export const LONG = process.env['CHAOS_LONG'] === 'true';
/** Rounds of each disaster. Each round has a seed of its own. */
const ROUNDS = Number(process.env['CHAOS_ROUNDS'] ?? 1);
const FIRST_SEED = Number(process.env['CHAOS_SEED'] ?? randomInt(1_000_000));

/** Returns `short` in `npm test`, and `long` in `npm run test:chaos`. */
export const inShort = <T>(short: T, long: T): T => (LONG ? long : short);

/**
 * The load of a disaster that names none. In `npm test` it is low, so that it does not slow down
 * the other tests on a small machine.
 */
const EVENTS_PER_SECOND = inShort(100, 300);

const TRANSPORTS: readonly Transport[] = ['webhdfs', 'hdfs'];
/**
 * For a disaster that does not befall HDFS, or that takes long to prepare. In `npm test` it plays
 * over one of the two transports, which the seed chooses.
 */
export const EITHER: readonly Transport[] = inShort(
  TRANSPORTS.filter((_, index) => index === FIRST_SEED % TRANSPORTS.length),
  TRANSPORTS,
);

/**
 * By then a partition goes on, even if a client that is gone holds the lease of its segment.
 *
 * A lease lasts 60 s. It lasts longer where a DataNode's own client still renews it. Where its
 * recovery was lost, the recovery begins again after 90 s. The sink replaces the segment by a copy
 * after two minutes, over `hdfs://` after half a minute.
 */
export const LEASE_IS_OVER_WITHIN_MS = 180_000;

export interface DisasterOptions {
  /** The most one round may take. */
  readonly withinMs: number;
  readonly partitions?: number;
  readonly eventsPerSecond?: number;
  /** The transports over which the disaster plays; both if left out. */
  readonly over?: readonly Transport[];
}

/** A disaster on the Kafka and HDFS that all tests share. */
export function disaster(
  name: string,
  options: DisasterOptions,
  play: (stage: Stage) => Promise<void>,
): void {
  onEach(name, options, (seed, how) =>
    playOn({ ...options, brokers: sharedBrokers(), hdfsUrl: sharedHdfs(), ...how, seed }, play),
  );
}

/** A disaster that befalls an HDFS of its own, on the Kafka that all tests share. */
export function hdfsDisaster(
  name: string,
  { hdfs: hdfsOptions, ...options }: DisasterOptions & { readonly hdfs?: Omit<HdfsOptions, 'folder'> },
  play: (stage: Stage, hdfs: HdfsCluster) => Promise<void>,
): void {
  onEach(name, options, (seed, how) =>
    withOwn(
      (folder) => startOwnHdfs({ folder, ...hdfsOptions }),
      (hdfs) => {
        const hdfsUrl = { webhdfs: hdfs.urls.join(','), hdfs: hdfs.rpcUrls.join(',') };
        const own = { ...options, brokers: sharedBrokers(), hdfsUrl, ...how, seed };
        return playOn(own, (stage) => play(stage, hdfs));
      },
    ),
  );
}

/** A disaster that befalls a Kafka of its own, on the HDFS that all tests share. */
export function kafkaDisaster(
  name: string,
  options: DisasterOptions,
  play: (stage: Stage, kafka: KafkaCluster) => Promise<void>,
): void {
  onEach(name, options, (seed, how) =>
    withOwn(
      (folder) => startKafka({ folder }),
      (kafka) => {
        const own = { ...options, brokers: kafka.brokers, hdfsUrl: sharedHdfs(), ...how, seed };
        return playOn(own, (stage) => play(stage, kafka));
      },
    ),
  );
}

const sharedBrokers = (): string => inject('kafkaBrokers');
const sharedHdfs = (): HdfsUrls => ({ webhdfs: inject('hdfsUrl'), hdfs: inject('hdfsRpcUrl') });

/** Starts a cluster for this disaster alone, and stops it at the end, also after an error. */
export async function withOwn<Cluster extends { stop(): Promise<void> }>(
  start: (folder: string) => Promise<Cluster>,
  play: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'web-events-chaos-'));
  let cluster: Cluster | undefined;
  try {
    cluster = await start(folder);
    await play(cluster);
  } finally {
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Variant {
  readonly disaster: string;
  readonly transport: Transport;
}

/** Plays the disaster once over each transport. */
function onEach(
  name: string,
  { withinMs, over = TRANSPORTS }: DisasterOptions,
  play: (seed: number, how: Variant) => Promise<void>,
): void {
  for (const transport of over) {
    const disaster = `${name}, over ${transport}`;
    rounds(disaster, withinMs, (seed) => play(seed, { disaster, transport }));
  }
}

/** The promise that must hold after a sink's disaster. */
const STORED_ONCE = 'each offset once, in order';

/** @param promise that must hold at the end */
export function rounds(
  name: string,
  withinMs: number,
  play: (seed: number) => Promise<void>,
  promise = STORED_ONCE,
): void {
  describe(name, () => {
    for (let round = 0; round < ROUNDS; round++) {
      it(`${promise}${ROUNDS > 1 ? `, round ${round + 1}` : ''}`, () => play(FIRST_SEED + round), withinMs);
    }
  });
}

async function playOn(
  options: Omit<StageOptions, 'eventsPerSecond'>,
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  const stage = await Stage.open({ eventsPerSecond: EVENTS_PER_SECOND, ...options });
  await playAndClose(stage, options.seed, play);
}

/** A stage: `close` ends it, and its logs show why a disaster failed. */
export interface Playable {
  readonly topic: string;
  logs(): string;
  close(): Promise<void>;
}

export async function playAndClose<S extends Playable>(
  stage: S,
  seed: number,
  play: (stage: S) => Promise<void>,
): Promise<void> {
  try {
    await play(stage);
  } catch (error) {
    throw await explain(error, seed, stage);
  } finally {
    await stage.close();
  }
}

/** Adds to an error how to play the round again, and where the logs are. */
async function explain(cause: unknown, seed: number, stage: Playable): Promise<Error> {
  const logFile = join(tmpdir(), `${stage.topic}.log`);
  await writeFile(logFile, stage.logs());
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(`CHAOS_SEED=${seed}, the logs are in ${logFile}: ${why}`, { cause });
}
