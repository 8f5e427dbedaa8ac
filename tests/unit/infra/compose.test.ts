import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { root } from '../../../infra/local/process/root.ts';
import { nativeBuild } from '../../../infra/setup/host/prerequisites.mjs';
import { readConfig as readProducerConfig } from '../../../producer/config.ts';
import { LEAVE_ALLOWANCE_MS, readConfig as readSinkConfig } from '../../../sink/config.ts';
import { COMPOSE_FILE, composeService, readComposeFile } from '../../support/deploy/compose-file.ts';
import { COMPOSE_FOLDER, readImage } from '../../support/deploy/image.ts';
import { until } from '../../support/until.ts';

/** The environment of a container: the variables of the image, then those of the service. */
const environmentOf = (role: string) => ({
  ...readImage(role).environment,
  ...composeService(role).environment,
});
const secondsOf = (duration = '') => Number(/^(\d+)s$/.exec(duration)?.[1]);

/** The linter's own types do not resolve. */
interface Complaint {
  readonly type: 'error' | 'warning';
  readonly rule: string;
  readonly message: string;
}

describe('the compose file', () => {
  const { services, volumes } = readComposeFile();

  test('keeps to the Compose Specification', () => {
    // The project orders keys in its own way. An image that is built here has a name and no
    // version.
    const ours = ['no-build-and-image', 'service-image-require-explicit-tag'];
    const config = { rules: {}, quiet: true, debug: false, exclude: [], disableAllRules: false };
    const linter = new DCLinter(config);
    const files: readonly { readonly messages: readonly Complaint[] }[] = linter.lintFiles(
      [COMPOSE_FILE],
      false,
    );
    const messages = files.flatMap((file) => file.messages);
    expect(messages.filter(({ type, rule }) => type === 'error' && !ours.includes(rule))).toEqual([]);
  });

  test('builds and mounts nothing that is not there', () => {
    for (const { build, volumes: mounts = [] } of Object.values(services)) {
      const text = readFileSync(join(COMPOSE_FOLDER, build.context, build.dockerfile), 'utf8');
      expect(text).toContain(` AS ${build.target}\n`);
      for (const source of mounts.map((mount) => mount.split(':')[0] ?? '')) {
        const isThere = source.startsWith('.') ? existsSync(join(COMPOSE_FOLDER, source)) : source in volumes;
        expect({ source, isThere }).toEqual({ source, isThere: true });
      }
    }
  });

  test('calls nobody by a name that no service has', () => {
    const texts = Object.values(services).flatMap(({ command = [], environment = {} }) => [
      ...command,
      ...Object.values(environment),
    ]);
    const called = texts.flatMap((text) => [
      ...[...text.matchAll(/([a-z][\w.-]*):\d+/g)].map(([, host]) => host),
      ...[...text.matchAll(/hostname=(.*)/g)].map(([, host]) => host),
    ]);
    expect(called).toEqual(expect.arrayContaining(['kafka', 'namenode', 'datanode']));
    expect(Object.keys(services)).toEqual(expect.arrayContaining(called));
  });

  test('changes only settings of HDFS that infra/local has, but for what to listen on', () => {
    const shipped = ['core-site.xml', 'hdfs-site.xml'].map((file) =>
      readFileSync(join(root, 'infra/local/hdfs', file), 'utf8'),
    );
    const flags = ['namenode', 'datanode'].flatMap((name) => (composeService(name).command ?? []).slice(1));
    const names = flags.map((flag) => /^-D([\w.-]+)=/.exec(flag)?.[1]);
    for (const name of names.filter((one) => !one?.endsWith('-bind-host'))) {
      expect(shipped.join('')).toContain(`<name>${name}</name>`);
    }
  });

  // A NameNode stays in safe mode, and so unhealthy, until a DataNode has reported its blocks.
  test('does not let the DataNode wait for a NameNode that waits for it', () => {
    expect(composeService('datanode').depends_on).toEqual(['namenode']);
  });

  test('gives the roles settings that there are, each with a right value', () => {
    const producer = environmentOf('producer');
    expect(Object.keys(readProducerConfig(producer))).toEqual(expect.arrayContaining(Object.keys(producer)));
    const sink = environmentOf('sink');
    expect(Object.keys(readSinkConfig(sink))).toEqual(expect.arrayContaining(Object.keys(sink)));
  });

  test('lets the sink act as the user who runs the NameNode, and so may write', () => {
    const { HDFS_USER } = readSinkConfig(environmentOf('sink'));
    const cluster = readFileSync(join(COMPOSE_FOLDER, 'cluster.Dockerfile'), 'utf8');
    expect(cluster).toContain(`useradd --uid 1000 --create-home ${HDFS_USER} `);
  });

  test('lets a role end at a SIGTERM that comes before Node listens for it', () => {
    expect(['producer', 'sink'].map((role) => composeService(role).init)).toEqual([true, true]);
  });

  test('stops nobody before its drain is over', () => {
    const graceMs = (role: string) => secondsOf(composeService(role).stop_grace_period) * 1_000;
    const { DRAIN_TIMEOUT_MS } = readProducerConfig(environmentOf('producer'));
    expect(graceMs('producer')).toBeGreaterThan(DRAIN_TIMEOUT_MS + 5_000);
    const sink = readSinkConfig(environmentOf('sink'));
    expect(graceMs('sink')).toBeGreaterThan(sink.DRAIN_TIMEOUT_MS + LEAVE_ALLOWANCE_MS);
  });

  test('publishes, to this machine alone, the port that a role listens on, and asks for its health where it is', () => {
    const { PORT, MANAGEMENT_PORT, HOST } = readProducerConfig(environmentOf('producer'));
    const sink = readSinkConfig(environmentOf('sink'));
    expect([HOST, sink.MANAGEMENT_HOST]).toEqual(['::', '::']);
    expect(composeService('producer').ports).toEqual([`127.0.0.1:8080:${PORT}`]);
    expect(composeService('sink').ports).toEqual([`127.0.0.1:8081:${sink.MANAGEMENT_PORT}`]);
    const asked = (role: string) => composeService(role).healthcheck?.test.at(-1);
    expect(asked('producer')).toBe(`http://127.0.0.1:${MANAGEMENT_PORT}/readyz`);
    expect(asked('sink')).toBe(`http://127.0.0.1:${sink.MANAGEMENT_PORT}/readyz`);
    expect(readImage('producer').ports).toEqual([PORT, MANAGEMENT_PORT]);
    expect(readImage('sink').ports).toEqual([sink.MANAGEMENT_PORT]);
  });
});

describe.each(['Dockerfile', 'cluster.Dockerfile'])('%s', (name) => {
  const text = readFileSync(join(COMPOSE_FOLDER, name), 'utf8');

  test('has nothing that a builder would refuse', () => {
    expect(validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([]);
  });

  test('copies only files that are there', () => {
    const copies = [...text.matchAll(/^COPY (?!--from)(?:--\S+ )?(.+) \S+$/gm)];
    const sources = copies.flatMap(([, paths = '']) => paths.split(' '));
    expect(sources).not.toEqual([]);
    for (const source of sources)
      expect({ source, isThere: existsSync(join(root, source)) }).toEqual({ source, isThere: true });
  });
});

describe("the roles' images", () => {
  const text = readFileSync(join(COMPOSE_FOLDER, 'Dockerfile'), 'utf8');
  const [compiling = '', running = ''] = text
    .split(/apt-get install/)
    .slice(1)
    .map((rest) => rest.split('rm -rf')[0]);

  test('compile the Kafka client with what setup asks for, and run it with the libraries of that', () => {
    const wanted = nativeBuild.flatMap(({ debian }) => debian).filter((name) => name !== 'npm');
    expect(compiling.split(/\s+/)).toEqual(expect.arrayContaining(wanted));
    expect(running.split(/\s+/)).toEqual(
      expect.arrayContaining(['libcurl4', 'libssl3', 'libzstd1', 'zlib1g']),
    );
  });

  // Kubernetes cannot tell whether a user's name is root's.
  test('run as a user that is not root, by number', () => {
    expect(text.match(/^USER .*/gm)).toEqual(['USER 1000:1000']);
  });
});

/** A role needs only the files of its image: no source and no development dependency. */
describe('from the files of its image alone', () => {
  let folder = '';
  let running: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'image-'));
  });
  afterEach(() => {
    running?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['producer', ['PORT', 'MANAGEMENT_PORT'], ['HOST'], '/'],
    ['sink', ['MANAGEMENT_PORT'], ['MANAGEMENT_HOST'], '/livez'],
  ])('the %s starts, is found healthy, and ends on SIGTERM', async (role, portNames, hostNames, path) => {
    const image = readImage(role);
    image.layInto(folder);
    const ports = await Promise.all(portNames.map(async (name) => [name, String(await freePort())]));
    const hosts = hostNames.map((name) => [name, '127.0.0.1']);
    const env = {
      PATH: process.env['PATH'],
      ...environmentOf(role),
      ...Object.fromEntries([...ports, ...hosts]),
      KAFKA_BROKERS: `127.0.0.1:${await freePort()}`,
    };
    const [, ...args] = image.entrypoint;
    running = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
    const exit = new Promise((resolve) => running?.once('exit', (code, signal) => resolve({ code, signal })));
    const health = () => spawnSync('sh', ['-c', image.healthCheck ?? 'false'], { cwd: folder, env }).status;
    await until(() => running?.exitCode !== null || health() === 0, {
      what: `${role} is healthy`,
      withinMs: 45_000,
      // Each question starts a process.
      everyMs: 250,
    });
    expect(running.exitCode, 'it ended by itself').toBeNull();
    const answer = await fetch(`http://127.0.0.1:${ports[0]?.[1]}${path}`);
    expect(answer.status).toBe(200);
    running.kill('SIGTERM');
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(health()).toBe(1);
  });
});
