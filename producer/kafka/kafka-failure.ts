import kafka, { type LibrdKafkaError } from '@confluentinc/kafka-javascript';
import { CollectorError, type ErrorCode } from '../events/errors.ts';

const { ERRORS } = kafka.CODES;

/** A broker refuses a record with these errors for good, before it stores anything. */
const REFUSED: ReadonlySet<unknown> = new Set([
  ERRORS.ERR_TOPIC_EXCEPTION,
  ERRORS.ERR_MSG_SIZE_TOO_LARGE,
  ERRORS.ERR_INVALID_TIMESTAMP,
  ERRORS.ERR_INVALID_RECORD,
  ERRORS.ERR_POLICY_VIOLATION,
]);

/**
 * The brokers have no such topic. librdkafka gives two of these errors itself, by the brokers'
 * metadata. Nothing was stored, and a topic can come: the client may send the event again.
 */
const NO_TOPIC: ReadonlySet<unknown> = new Set([
  ERRORS.ERR__UNKNOWN_TOPIC,
  ERRORS.ERR__UNKNOWN_PARTITION,
  ERRORS.ERR_UNKNOWN_TOPIC_OR_PART,
]);

/**
 * The failure of a record that librdkafka reported. The record was handed over, so its outcome is
 * unknown unless a broker surely refused it. A missing right is no sure refusal: the right may have
 * been withdrawn between a first try that was stored and a second one.
 */
export function deliveryFailure(error: LibrdKafkaError): CollectorError {
  const { code, message } = error;
  const failure = (of: ErrorCode, says: string) =>
    new CollectorError(of, `${says}: ${message}`, { cause: error });
  if (NO_TOPIC.has(code)) return failure('broker_unavailable', 'The event was not stored');
  if (REFUSED.has(code)) return failure('broker_refused', 'The event was not stored');
  return failure('outcome_unknown', 'The event may be stored or not');
}

/** The failure of a record that `produce` refused: the record was never handed over. */
export function produceFailure(error: unknown): CollectorError {
  const code = codeOf(error);
  const detail = `The event was not stored: ${error instanceof Error ? error.message : error}`;
  if (code === ERRORS.ERR__QUEUE_FULL) return new CollectorError('overloaded', detail, { cause: error });
  if (REFUSED.has(code)) return new CollectorError('broker_refused', detail, { cause: error });
  return new CollectorError('broker_unavailable', detail, { cause: error });
}

/** An idempotent producer is of no more use after a fatal error. A new client object is. */
export function isFatal(error: LibrdKafkaError): boolean {
  return error.isFatal === true || error.code === ERRORS.ERR__FATAL;
}

export function isAllBrokersDown(error: LibrdKafkaError): boolean {
  return error.code === ERRORS.ERR__ALL_BROKERS_DOWN;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
