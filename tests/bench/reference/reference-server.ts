import { type Context, Hono } from 'hono';
import { pino } from 'pino';
import { assemble } from '../../../producer/assembly.ts';
import { readConfig } from '../../../producer/config.ts';
import { type CallContext, EventFactory } from '../../../producer/events/event-factory.ts';
import type { EventLog } from '../../../producer/events/event-log.ts';
import { readQuery } from '../../../producer/http/query.ts';
import { NODE_RUNTIME } from '../../../producer/server/node-runtime.ts';
import { openServer } from '../../../producer/server/node-server.ts';

/** The servers with which the producer is compared. Each runs in a process of its own. */
export type Reference = 'bare' | 'validated' | 'in memory';

const EMPTY = { events: 0, bytes: 0, maxEvents: 50_000, maxBytes: 67_108_864 };
const POSITION = { topic: 'web-events', partition: 0, offset: 0 };

/** Hono's answer to anything. */
function bare(): Hono {
  return new Hono().get('/api/select', (c) => c.text('ok'));
}

/**
 * The work that no producer can leave out. It reads the query, makes the record, and answers as if
 * the broker had the record.
 */
function validated(): Hono {
  const events = new EventFactory();
  return new Hono().get('/api/select', (c: Context) => {
    const given = readQuery(c.req.url);
    if (given.is === 'invalid') return c.text(given.error.message, 400);
    const userAgent = c.req.header('user-agent') ?? null;
    const call: CallContext = {
      atMs: Date.now(),
      userAgent,
      bot: false,
      ip: undefined,
      policy: 'collect',
    };
    const { event, record } = events.make(given.input, call);
    if (record.value.length === 0) return c.text('nothing to store', 500);
    return c.json({ id: event.id, timestamp: event.timestamp, ...POSITION });
  });
}

/** The producer itself above an event log that acknowledges at once. */
function inMemory(): Hono {
  const eventLog: EventLog = { ready: true, queue: EMPTY, append: async () => POSITION };
  const log = pino({ level: 'info' });
  return assemble({ config: readConfig({}), eventLog, runtime: NODE_RUNTIME, log }).app;
}

const APPS: Readonly<Record<Reference, () => Hono>> = { bare, validated, 'in memory': inMemory };

const app = APPS[process.argv[2] as Reference]();
const timeouts = { requestTimeoutMs: 10_000, keepAliveTimeoutMs: 65_000 };
const url = await openServer(app, { host: '127.0.0.1', port: 0, ...timeouts }).listening();
process.stdout.write(`${url}\n`);
// The server ends when the process that started it ends.
process.stdin.resume().once('end', () => process.exit(0));
