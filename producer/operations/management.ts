import type { Hono } from 'hono';
import type { Registry } from 'prom-client';
import type { Health } from './health.ts';

export interface ManagementOptions {
  readonly health: Health;
  readonly registry: Registry;
}

/** Adds the operators' routes, beside the API or on a port of their own. */
export function mountManagement(app: Hono, { health, registry }: ManagementOptions): void {
  app.get('/livez', (c) => c.text(health.standstill ?? 'live', health.standstill === undefined ? 200 : 503));
  app.get('/readyz', (c) => c.text(health.readiness, health.readiness === 'ready' ? 200 : 503));
  app.get('/metrics', async (c) =>
    c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType }),
  );
}
