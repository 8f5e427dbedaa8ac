import type { Registry } from 'prom-client';
import { code, markdownTable } from './markdown-table.ts';

/** A metric as prom-client keeps it. The library's types lack the labels. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames?: readonly string[];
}

/**
 * The metrics that prom-client collects of every process of Node. They depend on the system and on
 * the version of Node, so the documentation names them by their beginning.
 */
const OF_EVERY_PROCESS = /^(?:process|nodejs)_/;

/** The role's own metrics, in the order of the registries. */
export function ownMetrics(registries: readonly Registry[]): Metric[] {
  return registries
    .flatMap((registry) => registry.getMetricsAsArray() as unknown as Metric[])
    .filter(({ name }) => !OF_EVERY_PROCESS.test(name));
}

export function metricsTable(registries: readonly Registry[]): string {
  const rows = ownMetrics(registries).map(({ name, type, labelNames = [], help }) => [
    code(name),
    type,
    labelNames.map(code).join(', '),
    help,
  ]);
  return markdownTable(['name', 'type', 'labels', 'meaning'], rows);
}
