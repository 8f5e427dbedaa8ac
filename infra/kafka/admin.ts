import kafka, {
  type TopicDescription as DescribedTopic,
  type GroupDescriptions,
  type IAdminClient,
  type LibrdKafkaError,
  type ListOffsetsResult,
} from '@confluentinc/kafka-javascript';
import type { LibrdkafkaValue } from '../../producer/contract/kafka-settings.ts';
import { type LogLine, ofDebug } from './client-log.ts';

export interface AdminOptions {
  readonly brokers: string;
  /** Further librdkafka properties. */
  readonly config: Readonly<Record<string, LibrdkafkaValue>>;
  /** Gets the lines that the property `debug` asks for. */
  readonly onDebug: (line: LogLine) => void;
}

/** What the brokers say of a topic. */
export interface TopicDescription {
  /**
   * Hexadecimal digits that tell the topic from another topic of the same name; undefined when the
   * brokers give no ids (before Kafka 2.8).
   */
  readonly id: string | undefined;
  /** The broker that leads each partition; undefined for a partition without a leader. */
  readonly leaders: ReadonlyMap<number, number | undefined>;
}

export type OffsetKind = 'first' | 'end-of-committed' | 'end';

const { EARLIEST, LATEST } = kafka.OffsetSpec;
const { READ_COMMITTED, READ_UNCOMMITTED } = kafka.IsolationLevel;
const SPECS = {
  first: { offset: EARLIEST, isolationLevel: READ_COMMITTED },
  'end-of-committed': { offset: LATEST, isolationLevel: READ_COMMITTED },
  end: { offset: LATEST, isolationLevel: READ_UNCOMMITTED },
} as const;

const UNKNOWN_PARTITION = kafka.CODES.ERRORS.ERR__UNKNOWN_PARTITION;

/**
 * Short, because each question blocks one of libuv's four threads until it is answered. The
 * questions to one client follow each other (`scoped_shared_write_lock` in the client's admin.cc).
 */
const ANSWER_WITHIN_MS = 3_000;

/**
 * A connection for questions alone. A question to a client that reads waits behind its fetch, and
 * an admin client made from a consumer that polls never gets its answers.
 */
export function openAdmin({ brokers, config, onDebug }: AdminOptions): IAdminClient {
  const properties = {
    'reconnect.backoff.max.ms': 1_000,
    ...config,
    'metadata.broker.list': brokers,
    'allow.auto.create.topics': false,
  };
  return kafka.AdminClient.create(properties, { 'event.log': ofDebug(onDebug) });
}

/**
 * Asks for the topic's id and its partitions
 * (https://cwiki.apache.org/confluence/display/KAFKA/KIP-516%3A+Topic+Identifiers).
 *
 * @throws {LibrdKafkaError} when the brokers do not answer, or do not know the topic
 */
export async function describeTopic(admin: IAdminClient, topic: string): Promise<TopicDescription> {
  const [found] = await answered((answer: Callback<readonly DescribedTopic[]>) =>
    admin.describeTopics([topic], { timeout: ANSWER_WITHIN_MS }, answer),
  );
  if (!found || found.error) throw errorOf(found?.error);
  const { mostSignificantBits, leastSignificantBits } = found.topicId;
  const id = hexOf(mostSignificantBits) + hexOf(leastSignificantBits);
  const leaders = found.partitions.map(({ partition, leader }) => [partition, leader?.id] as const);
  return { id: /^0*$/.test(id) ? undefined : id, leaders: new Map(leaders) };
}

export interface OffsetQuestion {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly kind: OffsetKind;
}

/**
 * Asks the leaders of the partitions for an offset of each, or why a leader refuses it. A broker
 * that does not answer fails the whole question. For five minutes, librdkafka denies a partition
 * that was added since it looked at the topic, so it has to look again.
 *
 * @throws {LibrdKafkaError} when a broker does not answer
 */
export async function listOffsets(
  admin: IAdminClient,
  question: OffsetQuestion,
): Promise<ReadonlyMap<number, number | Error>> {
  const listed = await listOnce(admin, question);
  if (!listed.some(({ error }) => error?.code === UNKNOWN_PARTITION)) return offsetsIn(listed);
  await lookAt(admin, question.topic);
  return offsetsIn(await listOnce(admin, question));
}

function listOnce(admin: IAdminClient, { topic, partitions, kind }: OffsetQuestion) {
  const { offset, isolationLevel } = SPECS[kind];
  const specs = partitions.map((partition) => ({ topic, partition, offset }));
  const options = { timeout: ANSWER_WITHIN_MS, isolationLevel };
  return answered((answer: Callback<readonly ListOffsetsResult[]>) =>
    admin.listOffsets(specs, options, answer),
  );
}

const offsetsIn = (listed: readonly ListOffsetsResult[]): ReadonlyMap<number, number | Error> =>
  new Map(listed.map(({ partition, offset, error }) => [partition, error ? errorOf(error) : offset]));

/** A method of the admin client that its types leave out. */
interface Untyped {
  getMetadata(options: object, answer: Callback<unknown>): void;
}

/**
 * Lets librdkafka look at the topic, so that it knows the leaders. A question about a partition
 * whose leader librdkafka does not know may wait until it times out.
 *
 * @throws {LibrdKafkaError} when no broker answers
 */
export async function lookAt(admin: IAdminClient, topic: string): Promise<void> {
  const options = { topic, allTopics: false, timeout: ANSWER_WITHIN_MS };
  await answered((answer: Callback<unknown>) =>
    (admin as IAdminClient & Untyped).getMetadata(options, answer),
  );
}

/**
 * Asks which partitions of the topic the group has given to its members; undefined while the group
 * shares them out.
 *
 * @throws {LibrdKafkaError} when the group's coordinator does not answer
 */
export async function assignedPartitions(
  admin: IAdminClient,
  topic: string,
  group: string,
): Promise<ReadonlySet<number> | undefined> {
  const { groups } = await answered((answer: Callback<GroupDescriptions>) =>
    admin.describeGroups([group], { timeout: ANSWER_WITHIN_MS }, answer),
  );
  const [found] = groups;
  if (!found || found.error) throw errorOf(found?.error);
  if (found.state !== kafka.ConsumerGroupStates.STABLE) return undefined;
  const assigned = found.members.flatMap(({ assignment }) => assignment.topicPartitions);
  return new Set(assigned.flatMap((each) => (each.topic === topic ? [each.partition] : [])));
}

type Callback<Answer> = (error: LibrdKafkaError | null | undefined, answer: Answer) => void;

function answered<Answer>(ask: (answer: Callback<Answer>) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    ask((error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

/** The client gives an error within an answer as a plain object. */
function errorOf(told: { readonly message: string; readonly code: number } | undefined): Error {
  if (!told) return new Error('no answer');
  return Object.assign(new Error(told.message), { code: told.code });
}

const hexOf = (bits: bigint): string => BigInt.asUintN(64, bits).toString(16).padStart(16, '0');
