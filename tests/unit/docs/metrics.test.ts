import { expect, test } from 'vitest';
import { ownMetrics } from '../../../infra/docs/metrics-table.ts';
import { producerRegistries, sinkRegistries } from '../../../infra/docs/role-metrics.ts';
import { documents, textOf } from '../../support/house/source-tree.ts';

const METRIC = /\b(?:producer|sink)_[a-z_]+[a-z]\b/g;
const ofRoles = [...producerRegistries(), ...sinkRegistries()];
const names = new Set(ownMetrics(ofRoles).map(({ name }) => name));

test.each(documents)('the metrics that %s names exist', (document) => {
  const named = textOf(document).match(METRIC) ?? [];
  const metrics = named.map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
  expect(metrics.filter((name) => !names.has(name))).toEqual([]);
});
