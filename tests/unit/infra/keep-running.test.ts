import { expect, test } from 'vitest';
import { keepRunning } from '../../../infra/local/process/keep-running.ts';
import type { ClusterNode } from '../../../infra/local/process/node-process.ts';
import { until } from '../../support/until.ts';

/** A node that ends when it is told to, and whose first `failures` starts fail. */
class FakeNode implements ClusterNode {
  readonly name = 'broker';
  readonly logFile = '';
  readonly pid = 1;
  starts = 0;
  failures = 0;
  end: (how: string) => void = () => undefined;
  #ended: Promise<string> = this.#running();

  #running(): Promise<string> {
    return new Promise((resolve) => {
      this.end = resolve;
    });
  }

  async start(): Promise<void> {
    this.starts += 1;
    if (this.starts <= this.failures) throw new Error('the port is taken');
    this.#ended = this.#running();
  }

  async stop(): Promise<void> {
    this.end('exit 0');
  }

  async signal(): Promise<void> {}

  exited(): Promise<string> {
    return this.#ended;
  }
}

test('a node that ended is started again, and said so', async () => {
  const node = new FakeNode();
  const said: string[] = [];
  const stopping = new AbortController();
  const kept = keepRunning(node, stopping.signal, (line) => said.push(line));
  node.end('SIGKILL');
  await until(() => said.includes('broker is back'), { what: 'it is back', withinMs: 10_000 });
  expect(said).toEqual(['broker ended (SIGKILL); starting it again in 0.5 s', 'broker is back']);
  stopping.abort();
  node.end('exit 0');
  await kept;
});

test('a node that ends again soon is given more time', async () => {
  const node = new FakeNode();
  node.failures = 1;
  const said: string[] = [];
  const stopping = new AbortController();
  const kept = keepRunning(node, stopping.signal, (line) => said.push(line));
  node.end('exit 1');
  await until(() => said.includes('broker is back'), { what: 'it is back', withinMs: 10_000 });
  expect(said).toEqual([
    'broker ended (exit 1); starting it again in 0.5 s',
    'Error: the port is taken',
    'broker ended (exit 1); starting it again in 1 s',
    'broker is back',
  ]);
  stopping.abort();
  node.end('exit 0');
  await kept;
});

test('a node that ends because all stop is left alone', async () => {
  const node = new FakeNode();
  const stopping = new AbortController();
  const kept = keepRunning(node, stopping.signal, () => undefined);
  stopping.abort();
  node.end('exit 0');
  await kept;
  expect(node.starts).toBe(0);
});
