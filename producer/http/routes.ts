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
  /** Of all bodies that come in at the same time. */
  readonly maxIncomingBytes: number;
}

/** Never rejects but for a fault of ours. */
export type Route = (c: Context) => Promise<Response>;

/** `GET /api/select`: one event, answered only once the broker has it, or with why it does not. */
export function selectRoute({ collector, calls, headersFor }: RouteOptions): Route {
  return async (c) => answerOne(await collector.collect(readQuery(c.req.url), calls.read(c)), headersFor(c));
}

/** The smallest picture there is: a GIF of one transparent pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** `GET /api/pixel.gif`: the same for who can only show a picture, which comes whatever happens. */
export function pixelRoute({ collector, calls, headersFor }: RouteOptions): Route {
  return async (c) => {
    const outcome = await collector.collect(readQuery(c.req.url), calls.read(c));
    const headers = { ...headersFor(c), 'Content-Type': 'image/gif', [OUTCOME_HEADER]: outcomeCode(outcome) };
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
    const refuse = async (error: CollectorError) =>
      answerOne(await collector.collect({ is: 'invalid', error }, call), base);
    let body: unknown;
    try {
      body = await readJson(c.req.raw, budget);
    } catch (error) {
      if (error instanceof CollectorError) return refuse(error);
      throw error;
    }
    if (!Array.isArray(body)) return answerOne(await collector.collect(readEvent(body), call), base);
    if (body.length === 0 || body.length > maxBatchEvents) {
      const problem = `a batch has 1 to ${maxBatchEvents} events, not ${body.length}`;
      return refuse(new CollectorError('invalid_request', problem, { problems: [problem] }));
    }
    return answerBatch(await Promise.all(body.map((one) => collector.collect(readEvent(one), call))), base);
  };
}

/** The path is there, but not for this method. */
export function refuseMethod(c: Context, allowed: readonly string[], base: BaseHeaders): Response {
  const error = new CollectorError('method_not_allowed', `${c.req.path} takes ${allowed.join(', ')}`);
  return problemResponse(error, { ...base, Allow: allowed.join(', ') });
}
