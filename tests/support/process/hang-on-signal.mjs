import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/**
 * A test imports this file into a role by `NODE_OPTIONS=--import`. On SIGUSR2 the process then
 * hangs in the way that HANG_ON_SIGNAL names:
 *
 * - `thread`: the main thread blocks for ever, as in a native call that does not return. Other
 *   threads go on.
 * - `poll`: the next poll of Kafka never ends. Everything else goes on.
 */
const HANGS = {
  thread: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  poll: () => {
    const kafka = createRequire(import.meta.url)('@confluentinc/kafka-javascript');
    kafka.KafkaConsumer.prototype.consume = () => {};
  },
};

if (isMainThread) process.on('SIGUSR2', () => HANGS[process.env.HANG_ON_SIGNAL]());
