import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../../infra/local/process/root.ts';
import { onPath } from '../../../infra/setup/host/on-path.mjs';
import { readConfig as readProducerConfig } from '../../../producer/config.ts';
import { LEAVE_ALLOWANCE_MS, readConfig as readSinkConfig } from '../../../sink/config.ts';
import { readExample, readUnit, UNIT_FOLDER } from '../../support/deploy/unit-file.ts';

const PRODUCER = 'web-events-producer.service';
const SINK = 'web-events-sink@.service';
/** Keys that some supported versions of systemd do not know. */
const NOT_KNOWN_EVERYWHERE = /Unknown key(?: name)? '(RestartSteps|RestartMaxDelaySec)'/;

describe.runIf(onPath(['systemd-analyze']))('systemd itself', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'units-'));
    for (const name of readdirSync(UNIT_FOLDER).filter((file) => file.endsWith('.service'))) {
      const unit = readFileSync(join(UNIT_FOLDER, name), 'utf8').replaceAll('/opt/web-events', root);
      writeFileSync(join(folder, name), unit.replaceAll(/^(Exec\w+)=node /gm, `$1=${process.execPath} `));
    }
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test.each([PRODUCER, SINK])('finds nothing wrong with %s', (name) => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', join(folder, name)], {
      encoding: 'utf8',
    });
    const complaints = stderr.split('\n').filter((line) => line && !NOT_KNOWN_EVERYWHERE.test(line));
    expect({ status, complaints }).toEqual({ status: 0, complaints: [] });
  });

  // The score goes from 0 (safe) to 100. A unit without a sandbox has 96.
  test.each([PRODUCER, SINK])('calls the sandbox of %s tight', (name) => {
    const args = ['security', '--offline=true', '--threshold=25', '--no-pager', join(folder, name)];
    expect(spawnSync('systemd-analyze', args).status).toBe(0);
  });
});

describe.each([
  ['producer.env.example', readProducerConfig],
  ['sink.env.example', readSinkConfig],
] as const)('%s', (name, readConfig) => {
  test('names only settings that there are, each with a right value', () => {
    const example = readExample(name, { commented: true });
    expect(Object.keys(readConfig(example))).toEqual(expect.arrayContaining(Object.keys(example)));
  });

  test('is enough to start with, as it is', () => {
    expect(() => readConfig(readExample(name))).not.toThrow();
  });
});

describe.each([
  [PRODUCER, 'producer.env.example'],
  [SINK, 'sink.env.example'],
])('%s', (name, example) => {
  test('starts only with settings that are right, whether or not anybody else is there', () => {
    const unit = readUnit(name);
    const [command, ...args] = unit.command('ExecStartPre');
    const env = { PATH: process.env['PATH'], ...unit.environment(), ...readExample(example) };
    expect(execFileSync(command, args, { env, encoding: 'utf8' })).toBe('the settings are right\n');
    const wrong = spawnSync(command, args, { env: { ...env, KAFKA_BROKERS: 'nowhere' }, encoding: 'utf8' });
    expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining('KAFKA_BROKERS: ') });
  });
});

describe('the time systemd gives', () => {
  const ms = (name: string, key: string) => Number(readUnit(name).value(key)) * 1_000;

  test('is more than a drain takes', () => {
    expect(ms(PRODUCER, 'TimeoutStopSec')).toBeGreaterThan(readProducerConfig({}).DRAIN_TIMEOUT_MS);
    expect(ms(SINK, 'TimeoutStopSec')).toBeGreaterThan(
      readSinkConfig({}).DRAIN_TIMEOUT_MS + LEAVE_ALLOWANCE_MS,
    );
  });

  test('is enough for the sink to start a worker again by itself', () => {
    const WATCHDOG_USEC = String(ms(SINK, 'WatchdogSec') * 1_000);
    expect(() => readSinkConfig({ WATCHDOG_USEC })).not.toThrow();
  });
});
