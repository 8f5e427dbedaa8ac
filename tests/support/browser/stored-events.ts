import { readTopic } from '../kafka/topic.ts';

export interface StoredEvent {
  readonly id: string;
  readonly service: string;
  readonly userAgent: string;
  /** Where the event lies, in the words of the page. */
  readonly place: string;
}

/** What Kafka holds of a user. */
export async function storedEvents(brokers: string, topic: string, user: string): Promise<StoredEvent[]> {
  return (await readTopic(brokers, topic))
    .filter(({ key }) => key === user)
    .map(({ partition, offset, value }) => ({
      ...JSON.parse(value.toString()),
      place: `토픽 ${topic}, 파티션 ${partition}, 오프셋 ${offset}`,
    }));
}
