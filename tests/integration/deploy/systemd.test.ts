import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { root } from '../../../infra/local/process/root.ts';
import { onPath } from '../../../infra/setup/host/on-path.mjs';
import { readExample, readUnit, type UnitFile } from '../../support/deploy/unit-file.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { until } from '../../support/until.ts';
import { NotifySocket } from './notify-socket.ts';

/** A worker has half of this time. A busy machine takes seconds to start a worker. */
const WATCHDOG_MS = 10_000;
const ALIVE = 'WATCHDOG=1';

let socket: NotifySocket;
const started: ChildProcess[] = [];
beforeEach(async () => {
  socket = await NotifySocket.open();
});
afterEach(() => {
  for (const service of started.splice(0)) service.kill('SIGKILL');
  socket.close();
});

/** Starts the unit's command line with its environment. `env` replaces the addresses. */
function startUnit(unit: UnitFile, env: Record<string, string>): ChildProcess {
  const [command, ...args] = unit.command('ExecStart');
  const systemd = { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: String(WATCHDOG_MS * 1_000) };
  const service = spawn(command, args, {
    env: { PATH: process.env['PATH'], ...unit.environment(), ...env, ...systemd },
    stdio: 'ignore',
  });
  started.push(service);
  return service;
}

/** Sends SIGTERM to the process alone, as KillMode=mixed does. Rejects after TimeoutStopSec. */
async function stopUnit(unit: UnitFile, service: ChildProcess): Promise<unknown[]> {
  const signal = AbortSignal.timeout(Number(unit.value('TimeoutStopSec')) * 1_000);
  const exit = once(service, 'exit', { signal });
  service.kill('SIGTERM');
  await socket.told('STOPPING=1', 'EXTEND_TIMEOUT_USEC=');
  return exit;
}

/** The number of messages so far. */
const heardSoFar = (): number => socket.messages.length;

describe.runIf(onPath(['systemd-notify']))('the unit of the producer', () => {
  const unit = readUnit('web-events-producer.service');
  const environment = async () => {
    const [PORT, MANAGEMENT_PORT] = [String(await freePort()), String(await freePort())];
    return { ...readExample('producer.env.example'), HOST: '127.0.0.1', PORT, MANAGEMENT_PORT };
  };

  it('tells systemd that it lives though no broker does, not while it hangs, and ends cleanly', async () => {
    const env = await environment();
    const service = startUnit(unit, { ...env, KAFKA_BROKERS: `127.0.0.1:${await freePort()}` });
    await socket.told('READY=1');
    await socket.told(ALIVE, 'STATUS=not connected, 0 events in flight');
    await socket.toldAfter(heardSoFar(), ALIVE);
    service.kill('SIGSTOP');
    await socket.missesLifeFor(WATCHDOG_MS);
    const asleep = heardSoFar();
    service.kill('SIGCONT');
    await socket.toldAfter(asleep, ALIVE);
    expect(await stopUnit(unit, service)).toEqual([0, null]);
  });

  it('says so once it is connected', async () => {
    const KAFKA_TOPIC = await createTopic(inject('kafkaBrokers'));
    const env = await environment();
    const service = startUnit(unit, { ...env, KAFKA_BROKERS: inject('kafkaBrokers'), KAFKA_TOPIC });
    await socket.told(ALIVE, 'STATUS=ready');
    expect(await stopUnit(unit, service)).toEqual([0, null]);
  });
});

describe.runIf(onPath(['systemd-notify']))('the unit of the sink', () => {
  const unit = readUnit('web-events-sink@.service');

  async function start(): Promise<{ service: ChildProcess; url: string }> {
    const port = String(await freePort());
    const service = startUnit(unit, {
      ...readExample('sink.env.example'),
      KAFKA_BROKERS: inject('kafkaBrokers'),
      KAFKA_TOPIC: await createTopic(inject('kafkaBrokers'), { partitions: 2 }),
      HDFS_URL: inject('hdfsRpcUrl'),
      HDFS_USER: '',
      MANAGEMENT_PORT: port,
      WORKER_TIMEOUT_MS: String(WATCHDOG_MS / 2),
      NODE_OPTIONS: `--import=${join(root, 'tests/support/process/hang-on-signal.mjs')}`,
      HANG_ON_SIGNAL: 'thread',
    });
    return { service, url: `http://127.0.0.1:${port}` };
  }

  async function workerPid(url: string): Promise<number> {
    const { workers } = (await (await fetch(`${url}/readyz`)).json()) as { workers: { pid?: number }[] };
    return workers[0]?.pid ?? Number.NaN;
  }

  it('tells systemd that it lives while its worker does, and again once that was replaced', async () => {
    const { service, url } = await start();
    await socket.told('READY=1');
    await socket.told(ALIVE, 'STATUS=2 of 2 partitions written, 0 records behind');
    const blocked = await workerPid(url);
    process.kill(blocked, 'SIGUSR2');
    await socket.toldAfter(
      heardSoFar(),
      'STATUS=0 of 0 partitions written, 0 records behind; 1 of 1 workers',
    );
    const status = socket.messages.findLast((message) => message.join().includes('1 of 1 workers'));
    expect(status).not.toContain(ALIVE);
    await socket.toldAfter(heardSoFar(), ALIVE, 'STATUS=2 of 2 partitions written');
    expect(await workerPid(url)).not.toBe(blocked);
    expect(await stopUnit(unit, service)).toEqual([0, null]);
  }, 120_000);

  it('tells nothing while its supervisor sleeps, which then does not blame its worker', async () => {
    const { service, url } = await start();
    await socket.told(ALIVE, 'STATUS=2 of 2 partitions written');
    const worker = await workerPid(url);
    service.kill('SIGSTOP');
    // A worker may not be silent for so long.
    await socket.missesLifeFor(WATCHDOG_MS);
    const asleep = heardSoFar();
    service.kill('SIGCONT');
    await socket.toldAfter(asleep, ALIVE, 'STATUS=2 of 2 partitions written');
    await until(async () => (await fetch(`${url}/readyz`)).status === 200, { what: 'ready' });
    expect(await workerPid(url)).toBe(worker);
    expect(await stopUnit(unit, service)).toEqual([0, null]);
  });
});
