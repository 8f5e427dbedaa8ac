import type { Hono } from 'hono';
import { type Logger, pino } from 'pino';
import { LogOutput } from '../../infra/runtime/log-output.ts';
import { assemble } from '../assembly.ts';
import { type ProducerConfig, printable, readFunctionConfig } from '../config.ts';
import { SettingsError } from '../contract/settings.ts';
import type { Runtime } from '../http/call.ts';
import { KafkaEventLog } from '../kafka/kafka-event-log.ts';
import { PatientEventLog } from '../kafka/patient-event-log.ts';

/** The producer of one function's container. */
export interface FunctionProducer {
  readonly app: Hono;
  /** Takes no more events. Resolves once each event in flight has its outcome, known or not. */
  drain(): Promise<void>;
}

/**
 * Makes the producer that a container keeps from call to call. The producer begins to connect while
 * the platform still starts the container. Wrong settings end the process after one line in the
 * log, and so the platform knows that the start failed.
 */
export function startFunction(runtime: Runtime): FunctionProducer {
  const output = new LogOutput();
  const config = readSettingsOrExit(pino({ name: 'producer' }, output));
  const log = pino({ name: 'producer', level: config.LOG_LEVEL }, output);
  log.info({ settings: printable(config) }, 'starting');
  const eventLog = new KafkaEventLog({ settings: config, log });
  const patient = new PatientEventLog(eventLog, config.PRODUCE_DEADLINE_MS);
  const { app, health } = assemble({ config, eventLog: patient, runtime, log });
  eventLog.start();
  const drain = async () => {
    health.drain();
    const unknown = await eventLog.close(config.DRAIN_TIMEOUT_MS);
    log[unknown > 0 ? 'error' : 'info']({ unknown }, 'drained');
  };
  return { app, drain };
}

function readSettingsOrExit(log: Logger): ProducerConfig {
  try {
    return readFunctionConfig();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    log.fatal({ problems: error.problems }, 'settings are wrong');
    process.exit(1);
  }
}
