import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../../infra/local/process/root.ts';
import { ANSWER_WITHIN_MS } from '../../../infra/runtime/supervisor.ts';
import { readConfig as readProducerConfig } from '../../../producer/config.ts';
import { LEAVE_ALLOWANCE_MS, readConfig as readSinkConfig } from '../../../sink/config.ts';
import {
  environmentOf,
  type Manifest,
  manifestFiles,
  podOf,
  readKustomization,
  readManifests,
  serviceOf,
} from '../../support/deploy/manifests.ts';

const manifests = readManifests();
const PRODUCER_EXIT_MS = 5_000;

/** `kubernetes-models/apps/v1` for `apps/v1`. */
const moduleOf = ({ apiVersion }: Pick<Manifest, 'apiVersion'>) => `kubernetes-models/${apiVersion}`;

describe("Kubernetes' schemas", () => {
  test.each(manifests.map((one) => [one.kind, one.metadata.name, one] as const))(
    'find nothing wrong with %s %s',
    async (kind, _, { apiVersion, ...data }) => {
      const models = await import(moduleOf({ apiVersion }));
      expect(() => new models[kind]({ ...data }).validate()).not.toThrow();
    },
  );

  /**
   * Validation ignores an unknown field, and the API server drops it. To the compiler it is an
   * error.
   */
  test('know every field', () => {
    expect(complaintsOfCompiler(manifests)).toBe('');
    const misspelt = {
      ...manifests.find(({ kind }) => kind === 'Deployment'),
      spek: {},
    } as unknown as Manifest;
    expect(complaintsOfCompiler([misspelt])).toContain('"spek"');
  });
});

function complaintsOfCompiler(given: readonly Manifest[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'manifests-'));
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const lines = given.map(
      (one, index) =>
        `export const m${index}: import('${moduleOf(one)}').I${one.kind} = ${JSON.stringify(one, null, 1)};`,
    );
    writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    return spawnSync(process.execPath, [tsc, ...options, 'manifests.ts'], { cwd: folder, encoding: 'utf8' })
      .stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('kubectl apply -k', () => {
  const { resources, images } = readKustomization();

  test('takes every manifest', () => {
    expect(new Set(resources)).toEqual(new Set(manifestFiles()));
  });

  test('gives every image a name of a registry, and the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const used = (['producer', 'sink'] as const).map((role) => podOf(role).container.image);
    expect(images.map(({ name }) => name)).toEqual(used);
    expect(images.map(({ newTag }) => newTag)).toEqual([version, version]);
  });
});

describe.each([
  ['producer', readProducerConfig, ['PORT', 'MANAGEMENT_PORT'], 'MANAGEMENT_PORT'],
  ['sink', readSinkConfig, ['MANAGEMENT_PORT'], 'MANAGEMENT_PORT'],
] as const)("the %s's pods", (role, readConfig, portNames, management) => {
  const { metadata, pod, container } = podOf(role);
  const env = environmentOf(role, `web-events-${role}-0`);
  const config: Readonly<Record<string, unknown>> = readConfig(env);
  const portOf = (name: unknown) => container.ports?.find((port) => port.name === name)?.containerPort;

  test('have settings that there are, each with a right value', () => {
    expect(Object.keys(config)).toEqual(expect.arrayContaining(Object.keys(env)));
  });

  test('name the ports that the role listens on, for everybody to reach', () => {
    expect(container.ports?.map(({ containerPort }) => containerPort)).toEqual(
      portNames.map((name) => config[name]),
    );
    expect(config[role === 'producer' ? 'HOST' : 'MANAGEMENT_HOST']).toBe('::');
    expect(config['MANAGEMENT_HOST'] ?? '::').toBe('::');
  });

  test('are asked for health and metrics where these are', () => {
    const asked = [container.startupProbe, container.livenessProbe, container.readinessProbe].map((probe) => [
      probe?.httpGet?.path,
      portOf(probe?.httpGet?.port),
    ]);
    const port = config[management];
    expect(asked).toEqual([
      ['/livez', port],
      ['/livez', port],
      ['/readyz', port],
    ]);
    expect(metadata?.annotations).toMatchObject({
      'prometheus.io/port': String(port),
      'prometheus.io/path': '/metrics',
    });
  });

  test('are what selectors and targets mean, and the Service leads to a port they have', () => {
    const labels = metadata?.labels;
    for (const { targetPort } of serviceOf(role).spec?.ports ?? []) expect(portOf(targetPort)).toBeDefined();
    const own = manifests.filter(({ metadata: { name } }) => name === `web-events-${role}`);
    const selectors = own.flatMap((one) => selectorsIn(one));
    expect(selectors.length).toBeGreaterThanOrEqual(5);
    for (const selector of selectors) expect(selector).toEqual(labels);
  });

  // The kernel drops a signal to the first process of a namespace that does not listen for it.
  test('end at a SIGTERM that comes before Node listens for it', () => {
    expect(pod.shareProcessNamespace).toBe(true);
  });

  test('ask for no more rights than the namespace allows, of the level restricted', () => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });
});

/** The labels of all pod selectors in a manifest. */
function selectorsIn(given: unknown, key = ''): unknown[] {
  if (typeof given !== 'object' || given === null) return [];
  if (key === 'matchLabels' || (key === 'selector' && !('matchLabels' in given))) return [given];
  if (key === 'namespaceSelector') return [];
  return Object.entries(given).flatMap(([name, value]) => selectorsIn(value, name));
}

describe('the time Kubernetes gives', () => {
  test('the producer is enough to be forgotten by the Service, and then to drain', () => {
    const { pod, container } = podOf('producer');
    const [command, seconds] = container.lifecycle?.preStop?.exec?.command ?? [];
    expect([command, Number(seconds)]).toEqual(['sleep', expect.any(Number)]);
    const { DRAIN_TIMEOUT_MS } = readProducerConfig(environmentOf('producer', 'any'));
    const neededMs = Number(seconds) * 1_000 + DRAIN_TIMEOUT_MS + PRODUCER_EXIT_MS;
    expect((pod.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThan(neededMs);
  });

  test('the sink is enough to drain, and to start a worker again by itself', () => {
    const { pod, container } = podOf('sink');
    const config = readSinkConfig(environmentOf('sink', 'any'));
    const graceMs = (pod.terminationGracePeriodSeconds ?? 0) * 1_000;
    expect(graceMs).toBeGreaterThan(config.DRAIN_TIMEOUT_MS + LEAVE_ALLOWANCE_MS);
    const { periodSeconds = 0, failureThreshold = 0 } = container.livenessProbe ?? {};
    expect(periodSeconds * failureThreshold * 1_000).toBeGreaterThanOrEqual(2 * config.WORKER_TIMEOUT_MS);
  });
});

describe.each(['producer', 'sink'] as const)('a probe of the %s', (role) => {
  const { startupProbe, livenessProbe, readinessProbe } = podOf(role).container;

  // With a shorter time-out the kubelet would not get the answer that names the hung worker.
  test.each([
    ['startup', startupProbe],
    ['liveness', livenessProbe],
    ['readiness', readinessProbe],
  ])('(%s) waits longer than the role waits for its workers', (_, probe) => {
    expect((probe?.timeoutSeconds ?? 1) * 1_000).toBeGreaterThan(ANSWER_WITHIN_MS);
  });
});

test('each pod of the sink is a static member of its own', () => {
  const ids = ['web-events-sink-0', 'web-events-sink-1'].map(
    (pod) => environmentOf('sink', pod)['KAFKA_INSTANCE_ID'],
  );
  expect(ids).toEqual(['web-events-sink-0', 'web-events-sink-1']);
});
