import { type Answers, GatheredQuestions } from './gathered-questions.ts';

/** The broker that leads each partition; undefined for a partition without a leader. */
export type Leaders = ReadonlyMap<number, number | undefined>;

/** The connections for questions to leaders: one for those that answer, one for the others. */
export type Lane = 'answering' | 'silent';

/** Asks the one leader of the partitions. Rejects when it does not answer. */
export type AskLeader<Answer> = (
  lane: Lane,
  partitions: readonly number[],
) => Promise<Answers<number, Answer>>;

/** As Kafka's own LEADER_NOT_AVAILABLE. */
const NO_LEADER = { code: 5 };

/**
 * Asks the leaders of partitions, one leader after another. A leader that does not answer is asked
 * in a lane of its own from then on, until it answers. So it delays the partitions of the others
 * once, and no longer.
 */
export class LeaderQuestions<Answer> {
  readonly #askLeader: AskLeader<Answer>;
  readonly #lanes: Readonly<Record<Lane, GatheredQuestions<number, Answer>>>;
  readonly #silent = new Set<number>();
  #leaders: Leaders = new Map();

  constructor(askLeader: AskLeader<Answer>) {
    this.#askLeader = askLeader;
    this.#lanes = {
      answering: new GatheredQuestions((partitions) => this.#ask('answering', partitions)),
      silent: new GatheredQuestions((partitions) => this.#ask('silent', partitions)),
    };
  }

  use(leaders: Leaders): void {
    this.#leaders = leaders;
  }

  knowsLeader(partition: number): boolean {
    return this.#leaders.get(partition) !== undefined;
  }

  /** @throws the leader's failure, or the partition's own, at once where it has no leader */
  async ask(partition: number): Promise<Answer> {
    const leader = this.#leaders.get(partition);
    if (leader === undefined) throw noLeader(partition);
    return this.#lanes[this.#silent.has(leader) ? 'silent' : 'answering'].ask(partition);
  }

  async #ask(lane: Lane, partitions: readonly number[]): Promise<Answers<number, Answer>> {
    const answers = new Map<number, Answer | Error>();
    for (const [leader, led] of this.#byLeader(partitions)) {
      const told = await this.#askLeader(lane, led).catch((error: Error) => error);
      if (told instanceof Error) this.#silent.add(leader);
      else this.#silent.delete(leader);
      for (const partition of led) {
        const answer = told instanceof Error ? told : told.get(partition);
        if (answer !== undefined) answers.set(partition, answer);
      }
    }
    for (const partition of partitions) {
      if (!answers.has(partition)) answers.set(partition, noLeader(partition));
    }
    return answers;
  }

  #byLeader(partitions: readonly number[]): Map<number, number[]> {
    const groups = new Map<number, number[]>();
    for (const partition of partitions) {
      const leader = this.#leaders.get(partition);
      if (leader === undefined) continue;
      const group = groups.get(leader) ?? [];
      group.push(partition);
      groups.set(leader, group);
    }
    return groups;
  }
}

const noLeader = (partition: number): Error =>
  Object.assign(new Error(`partition ${partition} has no leader`), NO_LEADER);
