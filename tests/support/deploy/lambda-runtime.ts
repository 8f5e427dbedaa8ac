import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/**
 * Lambda's runtime as far as a handler notices it. The handler is loaded once and called with one
 * event after another.
 */
export interface Invocation {
  readonly event: unknown;
  readonly timeoutMs: number;
}

const [file = ''] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(file).href);

process.on('message', async ({ event, timeoutMs }: Invocation) => {
  const until = performance.now() + timeoutMs;
  const result = handler(event, { getRemainingTimeInMillis: () => until - performance.now() });
  await setImmediate();
  process.send?.('called');
  process.send?.(await result);
});
process.send?.('loaded');
