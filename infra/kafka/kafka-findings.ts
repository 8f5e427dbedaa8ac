import { type Finding, fail, ok } from '../runtime/finding.ts';

/** What both roles find out about the brokers, in the same words. */

export const brokersAnswer = (brokers: readonly string[]): Finding =>
  ok('brokers', `${brokers.join(', ')} answer`);

export const noTopic = (topic: string): Finding =>
  fail('topic', `${topic} is not there`, 'make it, or set KAFKA_TOPIC');

export interface Silence {
  /** KAFKA_BROKERS. */
  readonly brokers: string;
  readonly why: string;
  /** What librdkafka logged meanwhile: the cause is there, and not in the error. */
  readonly complaints: readonly string[];
}

const SHOWN_COMPLAINTS = 3;

export function brokersSilent({ brokers, why, complaints }: Silence): Finding {
  const causes = [...new Set(complaints.map(gist))].slice(0, SHOWN_COMPLAINTS);
  const advice =
    'is Kafka running, KAFKA_BROKERS right, and KAFKA_CONFIG what its listener wants (TLS, SASL)?';
  return fail('brokers', `${brokers} did not answer: ${why}`, [...causes, advice].join('\n'));
}

/** Without thread, time and repetitions, so that the same is said once. */
const gist = (message: string): string =>
  message.replace(/^\[thrd:[^\]]*\]: /, '').replace(/ \(after .*\)$/, '');
