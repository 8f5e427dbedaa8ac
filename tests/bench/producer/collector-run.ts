import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeTopic } from '../../../infra/local/kafka/topic.ts';
import { NODE_FLAGS } from '../../../infra/local/process/node-flags.ts';
import { startRole } from '../../support/process/role-process.ts';
import type { Reference } from '../reference/reference-server.ts';
import type { HttpLoad, LoadResult } from './http-load.ts';

/**
 * The subjects that take turns: the references, and the producer with single events and with
 * batches.
 */
export type Subject = Reference | 'collector' | 'collector, batches';
export const SUBJECTS: readonly Subject[] = [
  'bare',
  'validated',
  'in memory',
  'collector',
  'collector, batches',
];
export const CONNECTIONS = [64, 256] as const;
export const PARTITIONS = 3;

export interface Measured extends LoadResult {
  readonly subject: Subject;
  readonly connections: number;
}

export interface RoundOptions {
  readonly brokers: string;
  readonly rounds: number;
  /** How long each load of a round lasts. */
  readonly seconds: number;
}

const WARM_UP_SECONDS = 3;

/**
 * Measures all subjects at all numbers of connections, round after round. The servers stay up, so
 * that all are equally warm.
 */
export async function measureCollector({ brokers, rounds, seconds }: RoundOptions): Promise<Measured[]> {
  const topic = `collector-${process.pid}-${Date.now()}`;
  await makeTopic({ brokers, topic, partitions: PARTITIONS });
  const collector = await startRole('producer', { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic });
  const references = await Promise.all(SUBJECTS.filter(isReference).map(startReference));
  const urls = new Map<Subject, string>(references.map(({ name, url }) => [name, url]));
  const urlOf = (subject: Subject) => urls.get(subject) ?? collector.url;
  try {
    await collector.ready();
    await inTurns(urlOf, WARM_UP_SECONDS);
    const measured: Measured[] = [];
    for (let round = 1; round <= rounds; round++) {
      measured.push(...(await inTurns(urlOf, seconds)));
      console.log(`collector, round ${round}: ${measured.slice(-10).map(short).join('; ')}`);
    }
    return measured;
  } finally {
    for (const { child } of references) child.stdin?.end();
    await collector.stop();
  }
}

async function inTurns(urlOf: (subject: Subject) => string, seconds: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const connections of CONNECTIONS) {
    for (const subject of SUBJECTS) {
      const kind = subject === 'collector, batches' ? 'batch' : 'single';
      const result = await sendLoad({ url: urlOf(subject), kind, connections, seconds });
      measured.push({ ...result, subject, connections });
    }
  }
  return measured;
}

/** @throws where a request was not answered 200 */
export async function sendLoad(load: HttpLoad): Promise<LoadResult> {
  const program = fileURLToPath(new URL('./http-load.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(load)]);
  const result: LoadResult = JSON.parse(stdout);
  if (result.failed > 0) throw new Error(`${result.failed} requests were not answered 200`);
  return result;
}

interface Running {
  readonly name: Reference;
  readonly url: string;
  readonly child: ChildProcess;
}

async function startReference(name: Reference): Promise<Running> {
  const program = fileURLToPath(new URL('../reference/reference-server.js', import.meta.url));
  const child = spawn(process.execPath, [...NODE_FLAGS.producer, program, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface(child.stdout), 'line');
  return { name, url, child };
}

function isReference(subject: Subject): subject is Reference {
  return subject !== 'collector' && subject !== 'collector, batches';
}

function short({ subject, connections, requestsPerSecond, p99Ms }: Measured): string {
  return `${subject} ${connections}: ${requestsPerSecond.toFixed(0)}/s p99 ${p99Ms}`;
}
