import { pino } from 'pino';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { Consumer, type GroupListener } from '../../../sink/group/consumer.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { until } from '../../support/until.ts';

const brokers = inject('kafkaBrokers');
const NOBODY = { receive: () => {}, reachedEnd: () => {} };

/** A member whose revokes last until the test lets them end. */
class Member implements GroupListener {
  readonly consumer: Consumer;
  readonly owned = new Set<number>();
  revokes = 0;
  #release: () => void = () => {};
  #drained: Promise<void> = Promise.resolve();

  constructor(topic: string, instanceId?: string) {
    const membership = { brokers, topic, group: topic, sessionTimeoutMs: 6_000, instanceId, config: {} };
    this.consumer = new Consumer({ ...membership, log: pino({ level: 'silent' }) }, this);
    this.consumer.run();
  }

  /** From now on a revoke lasts until `release`. */
  hold(): void {
    this.#drained = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#release();
  }

  assigned(partitions: readonly number[]): void {
    for (const partition of partitions) this.owned.add(partition);
  }

  async revoked(partitions: readonly number[]): Promise<void> {
    this.revokes += 1;
    await this.#drained;
    for (const partition of partitions) this.owned.delete(partition);
  }

  lost(partitions: readonly number[]): void {
    for (const partition of partitions) this.owned.delete(partition);
  }

  failed(error: Error): void {
    throw error;
  }
}

const members: Member[] = [];
function join(topic: string, instanceId?: string): Member {
  const member = new Member(topic, instanceId);
  members.push(member);
  return member;
}
afterEach(async () => {
  for (const member of members) member.release();
  await Promise.all(members.splice(0).map(({ consumer }) => consumer.leave()));
});

describe('a member of the group', () => {
  it('starts nothing while a revoke is under way, because librdkafka would take that for the answer', async () => {
    const topic = await createTopic(brokers, { partitions: 4 });
    const first = join(topic);
    await until(() => first.owned.size === 4, { what: 'the first owns all' });
    for (const partition of first.owned) await first.consumer.partitions.start(partition, 0, NOBODY);
    first.hold();
    const second = join(topic);
    await until(() => first.revokes === 1, { what: 'the first is asked to give some up' });
    let started = false;
    const restarts = [0, 1, 2, 3].map((partition) =>
      first.consumer.partitions.start(partition, 0, NOBODY).then(
        () => {
          started = true;
        },
        () => undefined,
      ),
    );
    await first.consumer.partitions.polled();
    expect(started).toBe(false);
    expect(second.owned.size).toBe(0);
    first.release();
    await Promise.all(restarts);
    expect(started).toBe(true);
    await until(() => first.owned.size === 2 && second.owned.size === 2, { what: 'each owns its half' });
  });

  it('that is static leaves, though partitions come to it while it drains', async () => {
    const topic = await createTopic(brokers, { partitions: 4 });
    const first = join(topic, 'first');
    const second = join(topic);
    await until(() => first.owned.size === 2 && second.owned.size === 2, { what: 'each owns its half' });
    first.hold();
    const left = first.consumer.leave();
    await second.consumer.leave();
    // The second member is gone, so the broker gives its partitions to the first member. The first
    // member must not begin them.
    const third = join(topic);
    await until(() => third.owned.size > 0 || first.owned.size > 2, {
      what: 'a rebalance',
      withinMs: 10_000,
    });
    expect(first.owned.size).toBe(2);
    first.release();
    await left;
    expect(first.owned.size).toBe(0);
  });
});
