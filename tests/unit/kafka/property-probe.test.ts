import { expect, test } from 'vitest';
import { probeConsumerProperty, probeProducerProperty } from '../../../infra/kafka/property-probe.ts';

const PROBES = [
  ['producer', probeProducerProperty],
  ['consumer', probeConsumerProperty],
] as const;

test.each(PROBES)('a property that librdkafka knows is no objection of a %s', (_, probe) => {
  expect(probe('socket.timeout.ms', 1_000)).toBeUndefined();
});

test.each(PROBES)('a %s names a property that librdkafka does not know', (_, probe) => {
  expect(probe('no.such.property', 1)).toContain('no.such.property');
});

test.each(PROBES)('a %s names a value out of range', (_, probe) => {
  expect(probe('socket.timeout.ms', 1)).toContain('socket.timeout.ms');
});
