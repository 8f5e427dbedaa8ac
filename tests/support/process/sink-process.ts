import { until } from '../until.ts';
import { type RoleProcess, startRole, type Variables } from './role-process.ts';

/** Longer than the supervisor waits for a silent worker. */
const ANSWER_WITHIN_MS = 15_000;

interface Readiness {
  readonly workers: readonly { readonly state: string; readonly pid?: number }[];
}

/** A sink process: the supervisor with its workers. */
export interface SinkProcess extends RoleProcess {
  /** The lines of all partitions that this process has made durable. */
  lines(): Promise<number>;
  /** The values of a metric by partition. */
  perPartition(metric: string): Promise<ReadonlyMap<number, number>>;
  /** Resolves once the sink has made a line durable. */
  writes(withinMs: number): Promise<void>;
  workerPids(): Promise<number[]>;
  /** Sends SIGKILL to the supervisor and to all of its workers at once. */
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

/** The sum of a metric over its labels. 0 where the sink does not have it yet. */
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
