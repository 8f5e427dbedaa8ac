import { vi } from 'vitest';
import { type EventFormat, type LambdaResult, lambdaEvent, responseOf } from '../support/lambda-event.ts';
import { conformance, type Subject } from './conformance.ts';

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
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
      // It reads its settings as it is loaded, once for each container.
      vi.resetModules();
      const { handler } = await import('../../producer/adapters/lambda.ts');
      vi.unstubAllEnvs();
      return {
        send: async (request, from) => {
          const event = await lambdaEvent(format, request, from);
          return responseOf((await handler(event as never, context() as never)) as LambdaResult);
        },
        stop: async () => {},
      };
    },
  });
}

function context(): { getRemainingTimeInMillis: () => number } {
  const until = performance.now() + FUNCTION_TIMEOUT_MS;
  return { getRemainingTimeInMillis: () => until - performance.now() };
}
