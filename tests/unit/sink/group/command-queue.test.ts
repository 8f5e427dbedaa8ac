import { expect, test } from 'vitest';
import { CommandQueue } from '../../../../sink/group/command-queue.ts';

test('commands are executed in order, each answered with its own outcome', async () => {
  const queue = new CommandQueue<string[]>();
  const first = queue.ask((client) => client.push('first'));
  const second = queue.ask(() => {
    throw new Error('refused');
  });
  const third = queue.ask((client) => client.push('third'));
  const refused = expect(second).rejects.toThrow('refused');
  expect(queue.isPending).toBe(true);
  const client: string[] = [];
  queue.execute(client);
  expect([await first, await third, client, queue.isPending]).toEqual([1, 2, ['first', 'third'], false]);
  await refused;
});

test('a command that is asked for by a command waits for the next turn', async () => {
  const queue = new CommandQueue<string[]>();
  const client: string[] = [];
  const asked = queue.ask(() => void queue.ask((later) => later.push('later')));
  queue.execute(client);
  await asked;
  expect([client, queue.isPending]).toEqual([[], true]);
});

test('a closed queue rejects the commands that wait, and every further one', async () => {
  const queue = new CommandQueue<string[]>();
  const waiting = expect(queue.ask(() => undefined)).rejects.toThrow('no longer a member of the group');
  queue.close();
  await waiting;
  await expect(queue.ask(() => undefined)).rejects.toThrow('no longer a member of the group');
});
