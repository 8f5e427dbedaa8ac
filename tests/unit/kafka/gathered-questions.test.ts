import { expect, test } from 'vitest';
import { GatheredQuestions } from '../../../infra/kafka/gathered-questions.ts';

/** Questions that the test answers, each with the subjects it was about. */
function answeredByHand() {
  const asked: { subjects: readonly number[]; answer: (value: string | Error) => void }[] = [];
  const questions = new GatheredQuestions<number, string>(
    (subjects) =>
      new Promise((resolve, reject) => {
        const answer = (value: string | Error): void => {
          if (value instanceof Error) reject(value);
          else resolve(new Map(subjects.map((subject) => [subject, `${value} ${subject}`])));
        };
        asked.push({ subjects, answer });
      }),
  );
  return { asked, questions };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('callers of one moment share a question, and callers for one subject its answer', async () => {
  const { asked, questions } = answeredByHand();
  const answers = Promise.all([questions.ask(1), questions.ask(2), questions.ask(1)]);
  await turn();
  expect(asked.map(({ subjects }) => subjects)).toEqual([[1, 2]]);
  asked[0]?.answer('of');
  expect(await answers).toEqual(['of 1', 'of 2', 'of 1']);
});

test('an answer is never older than the call: who comes later waits for the next question', async () => {
  const { asked, questions } = answeredByHand();
  const first = questions.ask(1);
  await turn();
  const second = questions.ask(1);
  asked[0]?.answer('old');
  expect(await first).toBe('old 1');
  await turn();
  asked[1]?.answer('new');
  expect(await second).toBe('new 1');
});

test('a failed question fails its callers alone', async () => {
  const { asked, questions } = answeredByHand();
  const first = questions.ask(1);
  await turn();
  const second = questions.ask(2);
  asked[0]?.answer(new Error('no broker'));
  await expect(first).rejects.toThrow('no broker');
  await turn();
  asked[1]?.answer('of');
  expect(await second).toBe('of 2');
});

test('a subject that the answer leaves out is an error', async () => {
  const questions = new GatheredQuestions<number, string>(async () => new Map());
  await expect(questions.ask(1)).rejects.toThrow('no answer');
});
