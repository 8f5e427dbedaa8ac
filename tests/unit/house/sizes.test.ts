import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { type FunctionSize, functionSizes, percentile95 } from '../../support/house/function-sizes.ts';
import { codeFiles, productFiles, textOf } from '../../support/house/source-tree.ts';

const MAX_FILES_IN_FOLDER = 16;
const FUNCTION_LINES = { p95: 20, longest: 60 };
const FILE_LINES_P95 = 180;
const MAX_PARAMETERS = 4;

const functions: readonly FunctionSize[] = productFiles.flatMap((file) => functionSizes(file, textOf(file)));

test('no folder has more than 16 files of code', () => {
  const counts = new Map<string, number>();
  for (const file of codeFiles) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > MAX_FILES_IN_FOLDER)).toEqual([]);
});

test('of a hundred functions 95 have at most 20 lines, and none has more than 60', () => {
  expect(percentile95(functions.map(({ lines }) => lines))).toBeLessThanOrEqual(FUNCTION_LINES.p95);
  expect(functions.filter(({ lines }) => lines > FUNCTION_LINES.longest)).toEqual([]);
});

test('no function takes more than 4 parameters', () => {
  expect(functions.filter(({ parameters }) => parameters > MAX_PARAMETERS)).toEqual([]);
});

test('of a hundred files 95 have at most 180 lines', () => {
  const lines = productFiles.map((file) => textOf(file).trimEnd().split('\n').length);
  expect(percentile95(lines)).toBeLessThanOrEqual(FILE_LINES_P95);
});
