import type { EventLog } from '../events/event-log.ts';
import type { Metrics } from './metrics.ts';

const SAMPLE_EVERY_MS = 100;

/** Samples the queue and the event loop ten times a second, as long as the process lives. */
export function sampleLoad(eventLog: EventLog, metrics: Metrics): void {
  let dueMs = performance.now() + SAMPLE_EVERY_MS;
  const sample = () => {
    const nowMs = performance.now();
    metrics.eventLoopDelaySeconds.observe(Math.max(0, nowMs - dueMs) / 1_000);
    metrics.queueEvents.observe(eventLog.queue.events);
    metrics.queueBytes.observe(eventLog.queue.bytes);
    dueMs = nowMs + SAMPLE_EVERY_MS;
  };
  setInterval(sample, SAMPLE_EVERY_MS).unref();
}
