import type { Context } from 'hono';
import type { Collector } from '../events/collector.ts';
import { CollectorError } from '../events/errors.ts';
import {
  answerBatch,
  answerOne,
  type BaseHeaders,
  OUTCOME_HEADER,
  outcomeCode,
  problemResponse,
} from './answer.ts';
import { readEvent, readJson } from './body.ts';
import { BodyBudget } from './body-budget.ts';
import type { CallReader } from './call.ts';
import { readQuery } from './query.ts';

export interface RouteOptions {
  readonly collector: Collector;
  readonly calls: CallReader;
  readonly headersFor: (c: Context) => BaseHeaders;
}

export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly maxBatchEvents: number;
  /** The bound of all bodies together while they come in. */
  readonly maxIncomingBytes: number;
}

/** Rejects only for a fault of the producer's own. */
export type Route = (c: Context) => Promise<Response>;

/**
 * `GET /api/select`: one event. The answer waits until the broker has the event, or says why not.
 */
export function selectRoute({ collector, calls, headersFor }: RouteOptions): Route {
  return async (c) => answerOne(await collector.collect(readQuery(c.req.url), calls.read(c)), headersFor(c));
}

/** The smallest picture: a GIF of one transparent pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** `GET /api/pixel.gif`: one event of a page that can only show a picture, which always comes. */
export function pixelRoute({ collector, calls, headersFor }: RouteOptions): Route {
  return async (c) => {
    const outcome = await collector.collect(readQuery(c.req.url), calls.read(c));
    const headers = {
      ...headersFor(c),
      'Content-Type': 'image/gif',
      // Pages with a Cross-Origin-Embedder-Policy show no other picture.
      'Cross-Origin-Resource-Policy': 'cross-origin',
      [OUTCOME_HEADER]: outcomeCode(outcome),
    };
    return new Response(PIXEL, { headers });
  };
}

/** `POST /api/events`: one event or a batch of them, each with its own outcome. */
export function eventsRoute({ collector, calls, headersFor }: RouteOptions, limits: BodyLimits): Route {
  const { maxBodyBytes, maxBatchEvents, maxIncomingBytes: maxTotalBytes } = limits;
  const budget = new BodyBudget({ maxBodyBytes, maxTotalBytes });
  return async (c) => {
    const base = headersFor(c);
    const call = calls.read(c);
    try {
      const { json, losses } = await readJson(c.req.raw, budget);
      if (!Array.isArray(json)) {
        return answerOne(await collector.collect(readEvent(json, losses.get(0)), call), base);
      }
      requireBatchSize(json.length, maxBatchEvents);
      const collected = json.map((one, i) => collector.collect(readEvent(one, losses.get(i)), call));
      return answerBatch(await Promise.all(collected), base);
    } catch (error) {
      if (error instanceof CollectorError) {
        return answerOne(await collector.collect({ is: 'invalid', error }, call), base);
      }
      throw error;
    }
  };
}

/** @throws {CollectorError} `invalid_request` */
function requireBatchSize(events: number, maxEvents: number): void {
  if (events > 0 && events <= maxEvents) return;
  const problem = `a batch has 1 to ${maxEvents} events, not ${events}`;
  throw new CollectorError('invalid_request', problem, { problems: [problem] });
}

/** Refuses a method that the path does not take. */
export function refuseMethod(c: Context, allowed: readonly string[], base: BaseHeaders): Response {
  const error = new CollectorError('method_not_allowed', `${c.req.path} takes ${allowed.join(', ')}`);
  return problemResponse(error, { ...base, Allow: allowed.join(', ') });
}
