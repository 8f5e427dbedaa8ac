import { describe, expect, it } from 'vitest';
import { askUntil } from '../../../infra/kafka/ask-until.ts';

describe('a question to a partition that changes its leader', () => {
  it('is asked again until a leader answers', async () => {
    const answers = [new Error('Broker: Not leader for partition'), new Error('Local: Unknown partition'), 7];
    const ask = async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    };
    await expect(askUntil(ask, performance.now() + 60_000)).resolves.toBe(7);
  });

  it('fails with the last answer where none comes in time', async () => {
    let asked = 0;
    const ask = async () => {
      asked += 1;
      throw new Error(`no leader, ${asked}`);
    };
    await expect(askUntil(ask, performance.now())).rejects.toThrow(/^no leader, [12]$/);
  });
});
