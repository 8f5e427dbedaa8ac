import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1';
import type { IConfigMap, IService } from 'kubernetes-models/v1';
import { parse, parseAllDocuments } from 'yaml';
import { root } from '../../../infra/local/process/root.ts';
import { readImage } from './image.ts';

const FOLDER = join(root, 'infra/kubernetes');

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

export interface Kustomization {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string; readonly newTag: string }[];
}

export function readKustomization(): Kustomization {
  return parse(readFileSync(join(FOLDER, 'kustomization.yaml'), 'utf8'));
}

export function manifestFiles(): string[] {
  return readdirSync(FOLDER).filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml');
}

export function readManifests(): readonly Manifest[] {
  return manifestFiles().flatMap((file) =>
    parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => document.toJS()),
  );
}

/** @throws where there is no such manifest */
function manifest<T>(kind: string, name: string): T {
  const found = readManifests().find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found as T;
}

export const serviceOf = (role: 'producer' | 'sink') => manifest<IService>('Service', `web-events-${role}`);

/** The pods of a role and their container. */
export function podOf(role: 'producer' | 'sink') {
  const kind = role === 'producer' ? 'Deployment' : 'StatefulSet';
  const { spec } = manifest<IDeployment | IStatefulSet>(kind, `web-events-${role}`);
  const pod = spec?.template.spec;
  const [container] = pod?.containers ?? [];
  if (!spec || !pod || !container) throw new Error(`${kind} ${role} has no container`);
  return { metadata: spec.template.metadata, pod, container };
}

/**
 * The environment of a container: the variables of its image, then of the ConfigMaps, then its own.
 *
 * @param pod the name of the pod
 */
export function environmentOf(role: 'producer' | 'sink', pod: string): Record<string, string | undefined> {
  const { container } = podOf(role);
  const maps = (container.envFrom ?? []).map(({ configMapRef }) =>
    configMapRef?.name === undefined ? {} : manifest<IConfigMap>('ConfigMap', configMapRef.name).data,
  );
  const own = (container.env ?? []).map(({ name, value, valueFrom }) => [
    name,
    valueFrom?.fieldRef?.fieldPath === 'metadata.name' ? pod : value,
  ]);
  return Object.assign({}, readImage(role).environment, ...maps, Object.fromEntries(own));
}
