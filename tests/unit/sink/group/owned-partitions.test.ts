import type { Message } from '@confluentinc/kafka-javascript';
import { beforeEach, describe, expect, test } from 'vitest';
import { CommandQueue } from '../../../../sink/group/command-queue.ts';
import type { GroupClient } from '../../../../sink/group/group-client.ts';
import { OwnedPartitions } from '../../../../sink/group/owned-partitions.ts';
import type { TopicRecord } from '../../../../sink/ledger/line.ts';

const TOPIC = 'events';
const NOBODY = { receive: () => {}, reachedEnd: () => {} };

/** Notes the calls that change librdkafka's assignment. */
class NotedClient {
  readonly calls: string[] = [];

  incrementalAssign(partitions: readonly { partition: number; offset: number }[]): void {
    this.calls.push(`assign ${partitions.map(({ partition, offset }) => `${partition}@${offset}`)}`);
  }

  incrementalUnassign(partitions: readonly { partition: number }[]): void {
    this.calls.push(`unassign ${partitions.map(({ partition }) => partition)}`);
  }

  pause(partitions: readonly { partition: number }[]): void {
    this.calls.push(`pause ${partitions.map(({ partition }) => partition)}`);
  }

  resume(partitions: readonly { partition: number }[]): void {
    this.calls.push(`resume ${partitions.map(({ partition }) => partition)}`);
  }
}

let noted: NotedClient;
let client: GroupClient;
let commands: CommandQueue<GroupClient>;
let owned: OwnedPartitions;

beforeEach(() => {
  noted = new NotedClient();
  client = noted as unknown as GroupClient;
  commands = new CommandQueue();
  owned = new OwnedPartitions(TOPIC, commands);
  owned.use(client);
  owned.own([0, 1]);
});

const messageOf = (partition: number, offset: number) => ({ topic: TOPIC, partition, offset }) as Message;

/** One turn of the loop that owns the client, once the callers have asked. */
async function turn(): Promise<void> {
  await Promise.resolve();
  commands.execute(client);
}

async function started(partition: number, offset: number): Promise<number[]> {
  const received: number[] = [];
  const receive = (record: TopicRecord): void => void received.push(record.offset);
  const starting = owned.start(partition, offset, { ...NOBODY, receive });
  await turn();
  await starting;
  return received;
}

describe('a partition that is started', () => {
  test('is read from its offset, paused before or not, and its records reach the receiver', async () => {
    const received = await started(0, 7);
    owned.handOut({ messages: [messageOf(0, 7), messageOf(1, 3), messageOf(0, 8)], ends: [] });
    expect([received, noted.calls]).toEqual([
      [7, 8],
      ['assign 0@7', 'resume 0'],
    ]);
  });

  test('again is read anew, by the new receiver alone', async () => {
    const before = await started(0, 7);
    const after = await started(0, 3);
    owned.handOut({ messages: [messageOf(0, 3)], ends: [] });
    expect([before, after]).toEqual([[], [3]]);
    expect(noted.calls.slice(2)).toEqual(['unassign 0', 'assign 0@3', 'resume 0']);
  });

  test('and stopped is paused and hands out nothing', async () => {
    const received = await started(0, 7);
    owned.stop(0);
    owned.handOut({ messages: [messageOf(0, 7)], ends: [] });
    expect([received, noted.calls.at(-1)]).toEqual([[], 'pause 0']);
  });

  test('but was given up meanwhile is refused', async () => {
    const starting = expect(owned.start(0, 7, NOBODY)).rejects.toThrow('partition 0 is no longer ours');
    owned.giveUp(client, [0]);
    await turn();
    await starting;
    expect(noted.calls).toEqual(['unassign ']);
  });
});

describe('while a revoke waits for its answer', () => {
  test('a start that was asked for before changes nothing until the answer', async () => {
    let answer = (): void => {};
    const starting = owned.start(0, 7, NOBODY);
    await Promise.resolve();
    owned.holdUntil(new Promise((resolve) => (answer = resolve)));
    await turn();
    expect(noted.calls).toEqual([]);
    owned.giveUp(client, [1]);
    answer();
    for (let turns = 0; turns < 5; turns++) await turn();
    await starting;
    expect(noted.calls).toEqual(['unassign ', 'assign 0@7', 'resume 0']);
  });
});

describe('giving up', () => {
  test('takes what is read out of the assignment, once', async () => {
    await started(0, 7);
    owned.giveUp(client, [0, 1]);
    owned.giveUp(client, [0, 1]);
    expect([owned.size, noted.calls.slice(2)]).toEqual([0, ['unassign 0', 'unassign ']]);
  });

  test('ends what pauses and resumes', async () => {
    await started(0, 7);
    owned.giveUp(client, [0]);
    const before = noted.calls.length;
    owned.pause(0);
    owned.resume(0);
    expect(noted.calls).toHaveLength(before);
  });
});

test('polled resolves only after two turns, so that a whole poll lies between', async () => {
  let isPolled = false;
  const polled = owned.polled().then(() => {
    isPolled = true;
  });
  await turn();
  await Promise.resolve();
  expect(isPolled).toBe(false);
  for (let turns = 0; turns < 3; turns++) await turn();
  await polled;
  expect(isPolled).toBe(true);
});

test('polled resolves too when there will be no poll any more', async () => {
  const polled = owned.polled();
  commands.close();
  await expect(polled).resolves.toBeUndefined();
});
