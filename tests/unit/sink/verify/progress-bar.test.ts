import { describe, expect, test } from 'vitest';
import { ProgressBar } from '../../../../sink/verify/progress-bar.ts';

describe('the progress bar', () => {
  const drawn = (isTTY: boolean) => {
    let nowMs = 0;
    let text = '';
    const bar = new ProgressBar({ isTTY, write: (more) => (text += more) }, () => nowMs);
    for (const done of [0, 250, 500]) {
      nowMs += 1_000;
      bar.draw(done, 1_000);
    }
    bar.clear();
    return text;
  };

  test('says how far it is and how long it takes, on a terminal', () => {
    expect(drawn(true)).toMatch(/\[={15} {15}\] 50 % of 1,000 records, 167\/s, 3 s left/);
    expect(drawn(true).endsWith('\r\x1b[K')).toBe(true);
  });

  test('is not there where nobody looks', () => {
    expect(drawn(false)).toBe('');
  });
});
