import { type Finding, fail, ok } from '../runtime/cli/finding.ts';

/** The findings about the brokers that `--check` of both roles prints in the same words. */

export const brokersAnswer = (brokers: readonly string[]): Finding =>
  ok('brokers', `${brokers.join(', ')} answer`);

export const noTopic = (topic: string): Finding =>
  fail('topic', `${topic} is not there`, 'make it, or set KAFKA_TOPIC');

export interface FailedConnection {
  /** KAFKA_BROKERS. */
  readonly brokers: string;
  /** The message of the error that ended the attempt. */
  readonly why: string;
  /** The lines that librdkafka logged meanwhile. They name the cause, which the error does not. */
  readonly complaints: readonly string[];
}

const SHOWN_CAUSES = 3;

export function brokersSilent({ brokers, why, complaints }: FailedConnection): Finding {
  const causes = [...new Set(complaints.map(withoutVariableParts))].slice(0, SHOWN_CAUSES);
  const advice =
    'is Kafka running, KAFKA_BROKERS right, and KAFKA_CONFIG what its listener wants (TLS, SASL)?';
  return fail('brokers', `${brokers} did not answer: ${why}`, [...causes, advice].join('\n'));
}

/** Drops the thread, the time and the repetitions, so that equal complaints become equal texts. */
const withoutVariableParts = (logLine: string): string =>
  logLine.replace(/^\[thrd:[^\]]*\]: /, '').replace(/ \(after .*\)$/, '');
