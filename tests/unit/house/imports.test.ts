import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { between, cyclesOf, importGraph } from '../../support/house/import-graph.ts';
import { codeFiles, productFiles, textOf } from '../../support/house/source-tree.ts';

/**
 * The rooms, with the other rooms that each may import. A file belongs to the first room that its
 * path begins with.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'infra/runtime': ['producer/contract'],
  'producer/contract': [],
  'infra/kafka': ['infra/runtime', 'producer/contract'],
  'sink/hdfs': [],
  producer: ['producer/contract', 'infra/runtime', 'infra/kafka'],
  sink: ['sink/hdfs', 'producer/contract', 'infra/runtime', 'infra/kafka'],
  site: ['producer/contract'],
  'infra/docs': ['infra', 'infra/runtime', 'producer', 'producer/contract', 'sink'],
  infra: ['infra/runtime'],
};

const roomOf = (file: string) => Object.keys(ROOMS).find((room) => file.startsWith(`${room}/`)) ?? '';

const graph = importGraph(codeFiles, textOf);

test('no file imports itself by way of others, by types neither', () => {
  expect(cyclesOf(graph)).toEqual([]);
});

test('no folder imports itself by way of others', () => {
  expect(cyclesOf(between(graph, dirname))).toEqual([]);
});

test('a room imports only the rooms below it', () => {
  const rooms = between(importGraph(productFiles, textOf), roomOf);
  const forbidden = [...rooms].flatMap(([room, others]) =>
    [...others]
      .filter((other) => ROOMS[room]?.includes(other) !== true)
      .map((other) => `${room} -> ${other}`),
  );
  expect(forbidden).toEqual([]);
  expect([...rooms.keys()].toSorted()).toEqual(Object.keys(ROOMS).toSorted());
});
