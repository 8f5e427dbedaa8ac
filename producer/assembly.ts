import type { Hono } from 'hono';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { ProducerConfig } from './config.ts';
import { Collector } from './events/collector.ts';
import type { CollectorError, ErrorCode } from './events/errors.ts';
import { EventCounters } from './events/event-counters.ts';
import type { EventLog } from './events/event-log.ts';
import { RateLimit } from './events/rate-limit.ts';
import { RepeatWindow } from './events/repeat-window.ts';
import { createApp } from './http/app.ts';
import { CallReader, type Runtime } from './http/call.ts';
import { CrossOrigin } from './http/cross-origin.ts';
import { Health } from './operations/health.ts';
import { sampleLoad } from './operations/load-sampler.ts';
import { createMetrics } from './operations/metrics.ts';

export interface Parts {
  readonly config: ProducerConfig;
  readonly eventLog: EventLog;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface Assembly {
  readonly app: Hono;
  readonly health: Health;
  readonly registry: Registry;
}

/** The collector above an event log, as every adapter runs it. */
export function assemble({ config, eventLog, runtime, log, now = Date.now }: Parts): Assembly {
  const registry = new Registry();
  const counters = new EventCounters();
  const health = new Health(eventLog);
  const metrics = createMetrics(registry, counters, eventLog);
  sampleLoad(eventLog, metrics);
  const collector = new Collector({
    eventLog,
    counters,
    repeats: new RepeatWindow({
      windowMs: config.REPEAT_WINDOW_MS,
      maxEntries: config.REPEAT_WINDOW_EVENTS,
    }),
    rateLimit: rateLimitOf(config),
    draining: () => health.draining,
    onAck: (seconds) => metrics.ackSeconds.observe(seconds),
    onRefused: logRefusals(log),
  });
  const calls = new CallReader({
    runtime,
    now,
    privacySignals: config.PRIVACY_SIGNALS,
    keptAddress: config.IP_ADDRESS,
    trustedProxies: config.TRUSTED_PROXIES,
    tellClientsApart: config.RATE_LIMIT_EVENTS > 0,
  });
  const crossOrigin = new CrossOrigin(config.CORS_ORIGINS);
  const limits = {
    maxBodyBytes: config.MAX_BODY_BYTES,
    maxBatchEvents: config.MAX_BATCH_EVENTS,
    // What comes in is to go out: one bound for either.
    maxIncomingBytes: config.MAX_IN_FLIGHT_BYTES,
  };
  return { app: createApp({ collector, calls, crossOrigin, limits, log }), health, registry };
}

function rateLimitOf({ RATE_LIMIT_EVENTS, RATE_LIMIT_WINDOW_MS }: ProducerConfig): RateLimit | undefined {
  if (RATE_LIMIT_EVENTS === 0) return undefined;
  return new RateLimit({ events: RATE_LIMIT_EVENTS, windowMs: RATE_LIMIT_WINDOW_MS });
}

/**
 * A broken broker refuses many events. The log gets the first refusal of each code in so long, ms.
 * The metrics count all of them.
 */
const LOG_AGAIN_MS = 10_000;

function logRefusals(log: Logger): (error: CollectorError, cause: unknown) => void {
  const lastMs = new Map<string, number>();
  return (error, cause) => {
    const nowMs = performance.now();
    const due = nowMs - (lastMs.get(error.code) ?? Number.NEGATIVE_INFINITY) >= LOG_AGAIN_MS;
    const level = due ? LEVELS[error.code] : undefined;
    if (level !== undefined) lastMs.set(error.code, nowMs);
    log[level ?? 'debug'](
      { err: error.code === 'internal' ? cause : error, code: error.code },
      'event not acknowledged',
    );
  };
}

/** What the client alone is to blame for is of no interest to the operator. */
const LEVELS: Readonly<Partial<Record<ErrorCode, 'error' | 'warn'>>> = {
  internal: 'error',
  outcome_unknown: 'warn',
  broker_refused: 'warn',
};
