import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { MAX_NAME_LENGTH, selection } from '../../../producer/contract/event.ts';

function accepts(user: string): boolean {
  return v.safeParse(selection, { service: 'blue', user }).success;
}

describe('selection', () => {
  it('counts a name in code points, not in UTF-16 units', () => {
    expect(accepts('😀'.repeat(MAX_NAME_LENGTH))).toBe(true);
    expect(accepts('😀'.repeat(MAX_NAME_LENGTH + 1))).toBe(false);
  });

  it.each(['', ' ', '\t\n', '\u3000'])('refuses the blank name %j', (user) => {
    expect(accepts(user)).toBe(false);
  });

  it('keeps a name as it is', () => {
    const chosen = { service: ' blue ', user: '홍 길동\u0000"\\' };
    expect(v.parse(selection, chosen)).toEqual(chosen);
  });
});
