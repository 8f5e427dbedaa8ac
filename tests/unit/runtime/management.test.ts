import { Hono } from 'hono';
import { Counter, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { mountManagement, type RoleHealth } from '../../../infra/runtime/management.ts';

const WELL: RoleHealth = { faults: [], ready: true, draining: false, obstacles: [], workers: [] };

async function ask(path: string, health: Partial<RoleHealth> = {}, metrics = new Registry()) {
  const app = new Hono();
  mountManagement(app, { role: 'sink', health: () => ({ ...WELL, ...health }), metrics: () => metrics });
  return app.request(path);
}

async function answer(path: string, health: Partial<RoleHealth> = {}): Promise<[number, unknown]> {
  const response = await ask(path, health);
  return [response.status, await response.json()];
}

describe('/livez', () => {
  test('is 200 without faults, ready or not', async () => {
    expect(await answer('/livez', { ready: false, obstacles: ['no broker'] })).toEqual([
      200,
      { role: 'sink', alive: true, problems: [] },
    ]);
  });

  test('is 503 with a fault, and names it', async () => {
    expect(await answer('/livez', { faults: ['worker 7 does not answer'] })).toEqual([
      503,
      { role: 'sink', alive: false, problems: ['worker 7 does not answer'] },
    ]);
  });
});

describe('/readyz', () => {
  test('is 200 while the role is ready, and still names what is in the way of a part of it', async () => {
    const workers = [{ state: 'ready', pid: 7 }];
    expect(await answer('/readyz', { obstacles: ['worker 8 is not connected'], workers })).toEqual([
      200,
      { role: 'sink', ready: true, draining: false, problems: ['worker 8 is not connected'], workers },
    ]);
  });

  test('is 503 while the role is not ready, and names faults and obstacles', async () => {
    const unwell = { ready: false, draining: true, faults: ['a'], obstacles: ['b'] };
    expect(await answer('/readyz', unwell)).toEqual([
      503,
      { role: 'sink', ready: false, draining: true, problems: ['a', 'b'], workers: [] },
    ]);
  });
});

test("/metrics is Prometheus' text format", async () => {
  const registry = new Registry();
  new Counter({ name: 'x_total', help: 'x', registers: [registry] }).inc();
  const response = await ask('/metrics', {}, registry);
  expect(response.headers.get('content-type')).toContain('text/plain');
  expect(await response.text()).toContain('x_total 1');
});
