import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { root } from '../../../infra/local/process/root.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { readMetric } from '../../support/process/sink-process.ts';
import { until } from '../../support/until.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts a role whose standard output is a full device. */
function startOnFullDevice(program: string, env: Record<string, string>): ChildProcess {
  const full = openSync('/dev/full', 'a');
  const child = spawn(process.execPath, [join(root, 'dist', program)], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LOG_LEVEL: 'debug', ...env },
    stdio: ['ignore', full, 'ignore'],
  });
  closeSync(full);
  children.push(child);
  return child;
}

describe.runIf(process.platform === 'linux')('with a log on a full device', () => {
  it('the sink writes, and drains on SIGTERM', async () => {
    const topic = await createTopic(inject('kafkaBrokers'));
    const MANAGEMENT_PORT = String(await freePort());
    const child = startOnFullDevice('sink/main.js', {
      KAFKA_BROKERS: inject('kafkaBrokers'),
      KAFKA_TOPIC: topic,
      HDFS_URL: inject('hdfsUrl'),
      MANAGEMENT_PORT,
    });
    const writing = () =>
      readMetric(`http://127.0.0.1:${MANAGEMENT_PORT}`, 'sink_partition_writing').catch(() => 0);
    await until(async () => (await writing()) === 1, { what: 'the partition is written' });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('the producer says its last words and ends', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const PORT = String(typeof address === 'object' ? address?.port : 0);
    const child = startOnFullDevice('producer/main.js', { PORT });
    expect(await once(child, 'exit')).toEqual([1, null]);
    taken.close();
  });
});
