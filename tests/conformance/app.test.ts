import type { Context } from 'hono';
import { pino } from 'pino';
import { assemble } from '../../producer/assembly.ts';
import { readConfig } from '../../producer/config.ts';
import { KafkaEventLog } from '../../producer/kafka/kafka-event-log.ts';
import { conformance } from './conformance.ts';

const CONNECT_MS = 15_000;

conformance({
  name: 'app.request()',
  start: async (env) => {
    const config = readConfig(env);
    const log = pino({ level: config.LOG_LEVEL });
    const eventLog = new KafkaEventLog({ settings: config, log });
    const runtime = { peerOf: (c: Context) => c.env.peer };
    const { app } = assemble({ config, eventLog, runtime, log });
    eventLog.start();
    await eventLog.whenReady(CONNECT_MS);
    return {
      send: async (request, peer) => app.request(request, undefined, { peer }),
      stop: () => eventLog.close(1_000),
    };
  },
});
