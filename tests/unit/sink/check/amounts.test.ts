import { expect, test } from 'vitest';
import { inBytes } from '../../../../sink/check/amounts.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [134_217_728, '128 MiB'],
  [1.5 * 2 ** 40, '1.5 TiB'],
])('gives %d bytes as %s', (bytes, says) => {
  expect(inBytes(bytes)).toBe(says);
});
