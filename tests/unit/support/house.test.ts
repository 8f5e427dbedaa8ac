import { expect, test } from 'vitest';
import { functionSizes, percentile95 } from '../../support/house/function-sizes.ts';
import { between, cyclesOf, importGraph } from '../../support/house/import-graph.ts';

/** Files by name, with their text. */
const graphOf = (files: Readonly<Record<string, string>>) =>
  importGraph(Object.keys(files), (file) => files[file] ?? '');

test.each([
  ['x/a.ts', "import { b } from './b.ts';"],
  ['x/a.ts', "import type { B } from './b.ts';"],
  ['x/a.ts', "export * from './b.ts';"],
  ['x/a.ts', "const b = await import('./b.ts');"],
  ['x/a.ts', "let b: import('./b.ts').B;"],
  ['x/a.ts', "import './b.js';"],
  ['x/a.mjs', "/** @type {import('./b.ts').B} */\nlet b;"],
])('in %s this is an import: %s', (file, text) => {
  expect(graphOf({ [file]: text, 'x/b.ts': '' }).get(file)).toEqual(new Set(['x/b.ts']));
});

test.each(["import './generated.ts';", "import { test } from 'vitest';", "const text = 'import ./b.ts';"])(
  'this is no import of a file of ours: %s',
  (text) => {
    expect(graphOf({ 'x/a.ts': text, 'x/b.ts': '' }).get('x/a.ts')).toEqual(new Set());
  },
);

test('a cycle is found however long it is, and no more than it', () => {
  const graph = graphOf({
    'a.ts': "import './b.ts';",
    'b.ts': "import './c.ts';",
    'c.ts': "import './a.ts'; import './d.ts';",
    'd.ts': '',
  });
  expect(cyclesOf(graph)).toEqual([['a.ts', 'b.ts', 'c.ts']]);
});

test('files without a cycle can be folders with one', () => {
  const graph = graphOf({
    'x/a.ts': "import '../y/b.ts';",
    'y/b.ts': '',
    'y/c.ts': "import '../x/d.ts';",
    'x/d.ts': '',
  });
  expect(cyclesOf(graph)).toEqual([]);
  expect(cyclesOf(between(graph, (file) => file.slice(0, 1)))).toEqual([['x', 'y']]);
});

test('a function is counted from its first line to its last, with its parameters', () => {
  const text = 'class A {\n  method(a: number, b: number): number {\n    return a + b;\n  }\n}\n';
  expect(functionSizes('a.ts', text)).toEqual([{ at: 'a.ts:2', lines: 3, parameters: 2 }]);
});

test('five of a hundred may be larger than the 95th percentile, six may not', () => {
  const numbers = (large: number) => Array.from({ length: 100 }, (_, index) => (index < large ? 9 : 1));
  expect(percentile95(numbers(5))).toBe(1);
  expect(percentile95(numbers(6))).toBe(9);
});
