import { inject } from 'vitest';
import { type KafkaCluster, type KafkaOptions, startKafka } from '../../../infra/local/kafka/kafka-broker.ts';
import { playAndClose, rounds, withOwn } from '../stage/disaster.ts';
import { CollectorStage, type CollectorStageOptions } from './collector-stage.ts';

export interface CollectorDisasterOptions extends Pick<CollectorStageOptions, 'env' | 'load'> {
  /** The most one round may take. */
  readonly withinMs: number;
}

const ANSWERS_ARE_TRUE = 'every answer is true, every event accounted for';

/** A disaster of the producer, on the Kafka that all tests share. */
export function collectorDisaster(
  disaster: string,
  { withinMs, ...options }: CollectorDisasterOptions,
  play: (stage: CollectorStage) => Promise<void>,
): void {
  const open = (seed: number) =>
    CollectorStage.open({ ...options, disaster, seed, brokers: inject('kafkaBrokers') });
  rounds(disaster, withinMs, async (seed) => playAndClose(await open(seed), seed, play), ANSWERS_ARE_TRUE);
}

/** A disaster of the producer's broker, which is a broker of its own. */
export function collectorBrokerDisaster(
  disaster: string,
  { withinMs, properties, ...options }: CollectorDisasterOptions & Pick<KafkaOptions, 'properties'>,
  play: (stage: CollectorStage, kafka: KafkaCluster) => Promise<void>,
): void {
  const playWithKafka = (seed: number) =>
    withOwn(
      (folder) => startKafka({ folder, ...(properties && { properties }) }),
      async (kafka) => {
        const stage = await CollectorStage.open({ ...options, disaster, seed, brokers: kafka.brokers });
        await playAndClose(stage, seed, (opened) => play(opened, kafka));
      },
    );
  rounds(disaster, withinMs, playWithKafka, ANSWERS_ARE_TRUE);
}
