import { expect, test } from 'vitest';
import { type Lane, LeaderQuestions } from '../../../infra/kafka/leader-questions.ts';

const LEADERS = new Map([
  [0, 1],
  [1, 2],
  [2, 1],
]);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Broker 2 leads partition 1 and answers only when the test lets it. Broker 1 answers at once. */
function withOneFrozen() {
  const asked: string[] = [];
  const frozen: ((error: Error | undefined) => void)[] = [];
  const questions = new LeaderQuestions<string>(async (lane: Lane, partitions) => {
    asked.push(`${lane} ${partitions}`);
    if (partitions.includes(1)) {
      const error = await new Promise<Error | undefined>((resolve) => frozen.push(resolve));
      if (error) throw error;
    }
    return new Map(partitions.map((partition) => [partition, 'told']));
  });
  questions.use(LEADERS);
  return { asked, frozen, questions };
}

test('each leader is asked once about all of its partitions', async () => {
  const { asked, frozen, questions } = withOneFrozen();
  const answers = Promise.all([questions.ask(0), questions.ask(1), questions.ask(2)]);
  await turn();
  frozen[0]?.(undefined);
  expect(await answers).toEqual(['told', 'told', 'told']);
  expect(asked).toEqual(['answering 0,2', 'answering 1']);
});

test('a leader that does not answer delays nobody a second time', async () => {
  const { asked, frozen, questions } = withOneFrozen();
  const first = questions.ask(1);
  await turn();
  frozen[0]?.(new Error('timed out'));
  await expect(first).rejects.toThrow('timed out');
  const second = questions.ask(1);
  await turn();
  expect(await questions.ask(0)).toBe('told');
  expect(asked).toEqual(['answering 1', 'silent 1', 'answering 0']);
  frozen[1]?.(undefined);
  expect(await second).toBe('told');
  const third = questions.ask(1);
  await turn();
  expect(asked.at(-1)).toBe('answering 1');
  frozen[2]?.(undefined);
  await third;
});

test('an error of one partition is that of no other', async () => {
  const told = new Map<number, string | Error>([
    [0, new Error('not readable')],
    [2, 'told'],
  ]);
  const questions = new LeaderQuestions<string>(async () => told);
  questions.use(LEADERS);
  const sick = expect(questions.ask(0)).rejects.toThrow('not readable');
  expect(await questions.ask(2)).toBe('told');
  await sick;
});

test('about a partition without a leader nobody is asked', async () => {
  const { asked, questions } = withOneFrozen();
  questions.use(new Map([...LEADERS, [3, undefined]]));
  const failure = { message: 'partition 3 has no leader', code: 5 };
  await expect(questions.ask(3)).rejects.toMatchObject(failure);
  expect(await questions.ask(0)).toBe('told');
  expect(asked).toEqual(['answering 0']);
});
