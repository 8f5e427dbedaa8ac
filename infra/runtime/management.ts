import type { Hono } from 'hono';
import type { Registry } from 'prom-client';

/** How a role is, in the one shape in which every role answers. */
export interface RoleHealth {
  /** Why an operator should end the process: a worker is silent or stands still. */
  readonly faults: readonly string[];
  /** Whether the role does its work. */
  readonly ready: boolean;
  /** Whether the role finishes its work before it ends. */
  readonly draining: boolean;
  /** What keeps the role, or a part of it, from its work. */
  readonly obstacles: readonly string[];
  /** Each worker process. A role without supervised workers has one. */
  readonly workers: readonly WorkerStatus[];
}

/** A worker as `/readyz` shows it. Each role adds its own details. */
export interface WorkerStatus {
  readonly state: string;
  readonly pid?: number | undefined;
  readonly [detail: string]: unknown;
}

export interface ManagementOptions {
  readonly role: string;
  readonly health: () => RoleHealth | Promise<RoleHealth>;
  readonly metrics: () => Registry | Promise<Registry>;
}

/**
 * The three questions of operators and orchestrators, answered alike by every role:
 *
 * - `/livez`: 200 while no worker is silent or at a standstill. A supervisor restarts such a worker
 *   by itself. An operator ends a process that stays at 503.
 * - `/readyz`: 200 while the role does its work, else 503. `problems` names each obstacle.
 * - `/metrics`: Prometheus' text format.
 */
export function mountManagement(app: Hono, { role, health, metrics }: ManagementOptions): void {
  app.get('/livez', async (c) => {
    const { faults } = await health();
    const alive = faults.length === 0;
    return c.json({ role, alive, problems: faults }, alive ? 200 : 503);
  });
  app.get('/readyz', async (c) => {
    const { faults, obstacles, ready, draining, workers } = await health();
    const problems = [...faults, ...obstacles];
    return c.json({ role, ready, draining, problems, workers }, ready ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const registry = await metrics();
    return c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
  });
}
