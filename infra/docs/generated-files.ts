import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { producerEntries } from '../../producer/settings.ts';
import { sinkEntries } from '../../sink/settings.ts';
import { answersTable } from './answers-table.ts';
import { type Parts, withParts } from './generated-part.ts';
import { metricsTable } from './metrics-table.ts';
import { producerRegistries, sinkRegistries } from './role-metrics.ts';
import { settingsTable } from './settings-table.ts';
import { storedLineSchema } from './stored-line-schema.ts';

/** A file of the repository that is generated, whole or in parts. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: string;
}

/** Every generated file as it should be. */
export function generatedFiles(root: string): GeneratedFile[] {
  const document = (path: string, parts: Parts): GeneratedFile => ({
    path,
    content: withParts(readFileSync(join(root, path), 'utf8'), parts),
  });
  return [
    document('producer/README.md', {
      'producer answers': answersTable(),
      'producer settings': settingsTable(producerEntries),
      'producer metrics': metricsTable(producerRegistries()),
    }),
    document('sink/README.md', {
      'sink settings': settingsTable(sinkEntries),
      'sink metrics': metricsTable(sinkRegistries()),
    }),
    {
      path: 'sink/stored-line.schema.json',
      content: `${JSON.stringify(storedLineSchema(), null, 2)}\n`,
    },
  ];
}
