import type { Hono } from 'hono';
import { pino } from 'pino';
import { mountManagement } from '../../../infra/runtime/management.ts';
import { assemble } from '../../../producer/assembly.ts';
import { readConfig } from '../../../producer/config.ts';
import type { Environment } from '../../../producer/contract/settings.ts';
import type { Health } from '../../../producer/operations/health.ts';
import { producerHealth } from '../../../producer/operations/role-health.ts';
import { ScriptedEventLog } from '../fakes/scripted-event-log.ts';

export interface AssembledCollector {
  readonly app: Hono;
  readonly eventLog: ScriptedEventLog;
  readonly health: Health;
  /** Lines of the log. */
  readonly logged: readonly string[];
  /** The values of /metrics by name and labels, as Prometheus reads them. */
  metrics(): Promise<ReadonlyMap<string, number>>;
}

/** The whole producer above a scripted event log, with the operators' routes beside the API. */
export function assembleCollector(env: Environment = {}, peer = '192.0.2.77'): AssembledCollector {
  const logged: string[] = [];
  const eventLog = new ScriptedEventLog();
  const log = pino({ level: 'debug' }, { write: (line: string) => logged.push(line) });
  const config = readConfig(env);
  const { app, ...parts } = assemble({ config, eventLog, runtime: { peerOf: () => peer }, log });
  mountManagement(app, {
    role: 'producer',
    health: () => {
      const { readiness, standstill, draining } = parts.health;
      const report = { readiness, standstill, awaited: 0 };
      return producerHealth([{ state: 'answers', pid: process.pid, report }], draining);
    },
    metrics: () => parts.registry,
  });
  return {
    app,
    eventLog,
    health: parts.health,
    logged,
    metrics: async () => readMetrics(await (await app.request('/metrics')).text()),
  };
}

/** The values of Prometheus' text format by name and labels. */
export function readMetrics(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** The events received, and the events that have ended or are in flight. The two must be equal. */
export function balance(metrics: ReadonlyMap<string, number>): { received: number; accounted: number } {
  const accounted = [...metrics]
    .filter(([name]) => name.startsWith('producer_events_total') || name === 'producer_events_in_flight')
    .reduce((sum, [, value]) => sum + value, 0);
  return { received: metrics.get('producer_events_received_total') ?? Number.NaN, accounted };
}
