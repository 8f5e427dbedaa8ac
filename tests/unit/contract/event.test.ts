import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { eventInput, MAX_NAME_LENGTH } from '../../../producer/contract/event.ts';

function accepts(user: string): boolean {
  return v.safeParse(eventInput, { service: 'blue', user }).success;
}

describe('an event as a client sends it', () => {
  it('counts a name in code points, not in UTF-16 units', () => {
    expect(accepts('😀'.repeat(MAX_NAME_LENGTH))).toBe(true);
    expect(accepts('😀'.repeat(MAX_NAME_LENGTH + 1))).toBe(false);
  });

  it.each(['', ' ', '\t\n', '\u3000'])('refuses the blank name %j', (user) => {
    expect(accepts(user)).toBe(false);
  });

  it('keeps a name as it is', () => {
    const chosen = { service: ' blue ', user: '홍 길동\u0000"\\' };
    expect(v.parse(eventInput, chosen)).toEqual(chosen);
  });
});
