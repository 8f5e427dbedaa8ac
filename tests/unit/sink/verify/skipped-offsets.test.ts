import { describe, expect, test } from 'vitest';
import { SkippedOffsets } from '../../../../sink/verify/skipped-offsets.ts';

describe('skipped offsets', () => {
  test('are told from those never skipped, once', () => {
    const skipped = new SkippedOffsets();
    skipped.jump(3, 5);
    skipped.note(4, () => ['four']);
    expect([2, 6].map((offset) => skipped.take(offset))).toEqual(['not skipped', 'not skipped']);
    expect(skipped.take(4)).toEqual({ digests: ['four'] });
    expect(skipped.take(4)).toBe('not skipped');
    expect([3, 5].map((offset) => skipped.take(offset))).toEqual(['no record', 'no record']);
  });

  test('are bounded: the oldest ranges and the latest digests are not kept', () => {
    const skipped = new SkippedOffsets({ maxRanges: 1, maxDigests: 1 });
    for (const offset of [1, 3]) {
      skipped.jump(offset, offset);
      skipped.note(offset, () => ['x']);
    }
    expect(skipped.take(1)).toBe('not skipped');
    expect(skipped.take(3)).toBe('unknown');
  });
});
