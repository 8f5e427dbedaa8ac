import { describe, expect, test } from 'vitest';
import { LineSplitter } from '../../../../../sink/verify/reading/line-splitter.ts';

describe('lines', () => {
  test('are put together over chunks, of any size', () => {
    const text = 'a\nbcd\n\nefg';
    for (const size of [1, 2, 3, 100]) {
      const splitter = new LineSplitter();
      const lines: string[] = [];
      for (let at = 0; at < text.length; at += size) {
        lines.push(...splitter.split(Buffer.from(text.slice(at, at + size))).map(String));
      }
      expect(lines).toEqual(['a\n', 'bcd\n', '\n']);
      expect(splitter.carriedBytes).toBe(3);
    }
  });
});

describe('a line that does not end', () => {
  test('is handed out as its beginning, is counted in full, and takes nothing from those around it', () => {
    const splitter = new LineSplitter(1_000);
    const lines: string[] = [];
    const counted: number[] = [];
    for (const piece of ['a\n', 'b'.repeat(999), 'b'.repeat(999), 'b'.repeat(999), '}\nc\n']) {
      lines.push(...splitter.split(Buffer.from(piece)).map(String));
      counted.push(splitter.carriedBytes);
    }
    expect(lines).toEqual(['a\n', `${'b'.repeat(60)}... (endless)\n`, 'c\n']);
    expect(counted).toEqual([0, 999, 1_998, 2_997, 0]);
  });
});
