import { describe, expect, inject, it, vi } from 'vitest';
import type { Environment } from '../../producer/contract/settings.ts';
import {
  type EventFormat,
  type LambdaResult,
  lambdaEvent,
  responseOf,
} from '../support/deploy/lambda-event.ts';
import { conformance, type Subject } from './conformance.ts';
import { PRODUCER } from './requests.ts';

const FUNCTION_TIMEOUT_MS = 15_000;

const FORMATS: readonly (Omit<Subject, 'name' | 'start'> & { readonly format: EventFormat })[] = [
  { format: 'API Gateway v1', query: 'is decoded' },
  { format: 'API Gateway v2' },
  { format: 'function URL' },
  { format: 'load balancer', query: 'loses what is repeated' },
  { format: 'load balancer with multi-value headers' },
];

for (const { format, ...traits } of FORMATS) {
  conformance({
    name: `the Lambda handler behind: ${format}`,
    ...traits,
    start: async (env) => {
      const call = await load(env);
      return {
        send: async (request, from) => call(await lambdaEvent(format, request, from)),
        stop: async () => {},
      };
    },
  });
}

describe.each(FORMATS)('the Lambda handler behind: $format', ({ format }) => {
  it('pays no attention to the body of a GET, as a server does', async () => {
    const call = await load({ LOG_LEVEL: 'fatal', KAFKA_BROKERS: inject('kafkaBrokers') });
    const event = await lambdaEvent(format, new Request(`${PRODUCER}/api/select`), '198.51.100.1');
    const answer = await call({ ...event, body: '{}' });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ problems: ['service is missing', 'user is missing'] });
  });
});

/** Loads the handler anew, as a container of its own would. */
async function load(env: Environment): Promise<(event: object) => Promise<Response>> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  // The module reads its settings while it loads, once for each container.
  vi.resetModules();
  const { handler } = await import('../../producer/functions/lambda.ts');
  vi.unstubAllEnvs();
  return async (event) => {
    const result: unknown = await handler(event as never, context() as never);
    return responseOf(result as LambdaResult);
  };
}

function context(): { getRemainingTimeInMillis: () => number } {
  const until = performance.now() + FUNCTION_TIMEOUT_MS;
  return { getRemainingTimeInMillis: () => until - performance.now() };
}
