import { until } from '../until.ts';
import { type RoleProcess, startRole, type Variables } from './role-process.ts';

/** A supervisor waits five seconds for a worker that is silent. */
const ANSWER_WITHIN_MS = 15_000;

interface Readiness {
  readonly workers: readonly { readonly state: string; readonly pid?: number }[];
}

/** A sink as one thing to kill: the supervisor and its workers. */
export interface SinkProcess extends RoleProcess {
  /** Lines this process has made durable, all partitions added up. */
  lines(): Promise<number>;
  /** A metric by partition, of those that have it. */
  perPartition(metric: string): Promise<ReadonlyMap<number, number>>;
  /** Resolves once it has made a line durable. */
  writes(withinMs: number): Promise<void>;
  workerPids(): Promise<number[]>;
  /** SIGKILL to the supervisor and all of its workers at once. */
  killAll(): Promise<void>;
}

export async function startSink(env: Variables): Promise<SinkProcess> {
  const role = await startRole('sink', { LOG_LEVEL: 'info', ...env });
  const lines = () => readMetric(role.url, 'sink_lines_total');
  const workerPids = async () => {
    const response = await fetch(`${role.url}/readyz`);
    const { workers } = (await response.json()) as Readiness;
    return workers.flatMap(({ pid }) => pid ?? []);
  };
  return {
    ...role,
    lines,
    perPartition: (metric) => readPerPartition(role.url, metric),
    workerPids,
    writes: async (withinMs) => {
      await until(async () => (await lines()) > 0, { what: 'the sink writes', withinMs });
    },
    killAll: async () => {
      const workers = await workerPids();
      role.signal('SIGKILL');
      for (const pid of workers) process.kill(pid, 'SIGKILL');
      await role.exited();
    },
  };
}

/** The sum of a metric over its labels; 0 where there is none yet. */
export async function readMetric(url: string, name: string): Promise<number> {
  return (await samples(url, name)).reduce((sum, sample) => sum + valueIn(sample), 0);
}

async function readPerPartition(url: string, name: string): Promise<ReadonlyMap<number, number>> {
  const found = await samples(url, name);
  return new Map(found.map((sample) => [Number(/partition="(\d+)"/.exec(sample)?.[1]), valueIn(sample)]));
}

async function samples(url: string, name: string): Promise<string[]> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  return (await response.text()).split('\n').filter((line) => line.split(/[ {]/, 1)[0] === name);
}

const valueIn = (sample: string): number => Number(sample.split(' ').at(-1));
