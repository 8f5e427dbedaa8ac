import type { Context } from 'hono';
import type { Receipt } from './contract/event.ts';
import { CollectorError } from './errors.ts';
import type { EventLog, Position } from './event-log.ts';
import type { Metrics } from './metrics.ts';
import { readSelection } from './query.ts';
import { eventOf, recordOf } from './record.ts';

export interface SelectOptions {
  readonly eventLog: EventLog;
  readonly metrics: Metrics;
  /** The clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** `GET /api/select`: answers only once the broker has the event, or with why it does not. */
export function select({ eventLog, metrics, now }: SelectOptions): (c: Context) => Promise<Response> {
  return async (c) => {
    const atMs = now();
    try {
      const selection = readSelection(queryOf(c.req.url));
      const event = eventOf(selection, { atMs, userAgent: c.req.header('user-agent') ?? null });
      const position = await measured(metrics, () => eventLog.append(recordOf(event)));
      metrics.outcomes.inc({ outcome: 'acked' });
      const receipt: Receipt = { id: event.id, timestamp: event.timestamp, ...position };
      return c.json(receipt);
    } catch (error) {
      metrics.outcomes.inc({ outcome: error instanceof CollectorError ? error.code : 'internal' });
      throw error;
    }
  };
}

async function measured(metrics: Metrics, append: () => Promise<Position>): Promise<Position> {
  metrics.inFlight.inc();
  const done = metrics.ackSeconds.startTimer();
  try {
    const position = await append();
    done();
    return position;
  } finally {
    metrics.inFlight.dec();
  }
}

function queryOf(url: string): string {
  const withoutFragment = url.split('#', 1)[0] ?? '';
  const start = withoutFragment.indexOf('?');
  return start < 0 ? '' : withoutFragment.slice(start + 1);
}
