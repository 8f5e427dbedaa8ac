import type { IAdminClient } from '@confluentinc/kafka-javascript';
import {
  type AdminOptions,
  assignedPartitions,
  describeTopic,
  listOffsets,
  lookAt,
  openAdmin,
  type TopicDescription,
} from './admin.ts';
import { type Answers, GatheredQuestions } from './gathered-questions.ts';
import { type Lane, LeaderQuestions } from './leader-questions.ts';
import type { OffsetBounds } from './offsets.ts';

export interface TopicQuestionsOptions extends AdminOptions {
  readonly topic: string;
}

type Connection = 'topic' | Lane;

interface OpenConnection {
  readonly admin: IAdminClient;
  /** Resolves when no question is under way. */
  idle: Promise<void>;
  /** Whether its last answers were complete, so that librdkafka knows the leaders. */
  knowsLeaders: boolean;
}

/**
 * Asks the brokers about one topic, by connections that do nothing else. Everybody who waits shares
 * a question, so a thousand partitions are a few requests. The questions of one connection follow
 * each other. So there are three: for the topic and the group, for leaders that answer, and for
 * leaders that do not.
 */
export class TopicQuestions {
  readonly #options: TopicQuestionsOptions;
  readonly #connections = new Map<Connection, OpenConnection>();
  readonly #descriptions = new GatheredQuestions(() => this.#describe());
  readonly #bounds = new LeaderQuestions<OffsetBounds>((lane, partitions) =>
    this.#use(lane, (admin, open) => this.#askBounds(admin, open, partitions)),
  );
  #closed = false;

  constructor(options: TopicQuestionsOptions) {
    this.#options = options;
  }

  /** @throws {LibrdKafkaError} when the brokers do not answer, or do not know the topic */
  describe(): Promise<TopicDescription> {
    return this.#descriptions.ask(undefined);
  }

  /**
   * The bounds that the partition has now.
   *
   * @throws {LibrdKafkaError} when its leader does not answer
   * @throws {Error} with Kafka's code, when it has no leader or its leader refuses
   */
  async bounds(partition: number): Promise<OffsetBounds> {
    // librdkafka may wait for a leader until the question times out, and others would wait with it.
    if (!this.#bounds.knowsLeader(partition)) await this.describe();
    return this.#bounds.ask(partition);
  }

  /**
   * The partitions that the group has given to its members; undefined while it shares them out.
   *
   * @throws {LibrdKafkaError} when the group's coordinator does not answer
   */
  assigned(group: string): Promise<ReadonlySet<number> | undefined> {
    return this.#use('topic', (admin) => assignedPartitions(admin, this.#options.topic, group));
  }

  /**
   * Rejects all further questions. The connections close once their questions have ended:
   * `disconnect` would hold up the whole process until then.
   */
  close(): void {
    this.#closed = true;
    for (const { admin, idle } of this.#connections.values()) void idle.then(() => admin.disconnect());
    this.#connections.clear();
  }

  async #describe(): Promise<Answers<undefined, TopicDescription>> {
    const description = await this.#use('topic', (admin) => describeTopic(admin, this.#options.topic));
    this.#bounds.use(description.leaders);
    return new Map([[undefined, description]]);
  }

  async #askBounds(
    admin: IAdminClient,
    open: OpenConnection,
    partitions: readonly number[],
  ): Promise<Answers<number, OffsetBounds>> {
    const { topic } = this.#options;
    if (!open.knowsLeaders) await lookAt(admin, topic);
    open.knowsLeaders = false;
    const bounds = await askBounds(admin, topic, partitions);
    open.knowsLeaders = ![...bounds.values()].some((told) => told instanceof Error);
    return bounds;
  }

  async #use<T>(
    connection: Connection,
    ask: (admin: IAdminClient, open: OpenConnection) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw new Error('not connected to Kafka');
    const open = this.#connections.get(connection) ?? {
      admin: openAdmin(this.#options),
      idle: Promise.resolve(),
      knowsLeaders: false,
    };
    this.#connections.set(connection, open);
    const asked = ask(open.admin, open);
    // Without a value: the answers of all earlier questions would stay in memory.
    open.idle = Promise.allSettled([open.idle, asked]).then(() => undefined);
    return asked;
  }
}

/** The questions follow each other, so no bound is larger than one that is asked for later. */
async function askBounds(
  admin: IAdminClient,
  topic: string,
  partitions: readonly number[],
): Promise<Answers<number, OffsetBounds>> {
  const lows = await listOffsets(admin, { topic, partitions, kind: 'first' });
  const highs = await listOffsets(admin, { topic, partitions, kind: 'end-of-committed' });
  const ends = await listOffsets(admin, { topic, partitions, kind: 'end' });
  const boundsOf = (partition: number): OffsetBounds | Error => {
    const [low, high, end] = [lows, highs, ends].map((offsets) => offsets.get(partition));
    for (const told of [low, high, end]) if (told instanceof Error) return told;
    if (typeof low === 'number' && typeof high === 'number' && typeof end === 'number') {
      return { low, high, end };
    }
    return new Error(`no answer about partition ${partition}`);
  };
  return new Map(partitions.map((partition) => [partition, boundsOf(partition)]));
}
