import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { startFunction } from './function.ts';

/** The time for the answers to leave once all outcomes are known. */
const ANSWER_MS = 1_000;

const { app, drain } = startFunction({ peerOf });
const answer = getRequestListener(app.fetch);
const unanswered = new Set<Promise<void>>();
let called = false;

/** The function for Google's functions framework. */
export function producer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!called) drainOnSignal();
  called = true;
  const answered = new Promise<void>((resolve) => response.once('close', resolve));
  unanswered.add(answered);
  void answered.then(() => unanswered.delete(answered));
  return answer(request, response);
}

/** Every call comes through Google's front end, which adds the caller's address as the last. */
function peerOf(c: Context): string | undefined {
  return c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? getConnInfo(c).remote.address;
}

/**
 * Takes the signals over from the framework. On a signal the framework ends the process at once,
 * and answers the call under way with 500. It begins to listen after it has loaded this module and
 * before the first call. Before the first call there is nothing to wait for.
 */
function drainOnSignal(): void {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.removeAllListeners(signal);
    process.once(signal, () => void stop());
  }
}

async function stop(): Promise<void> {
  await drain();
  await Promise.race([Promise.allSettled(unanswered), delay(ANSWER_MS)]);
  process.exit(0);
}
