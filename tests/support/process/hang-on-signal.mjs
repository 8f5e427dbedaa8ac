import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/**
 * Given to a role by `NODE_OPTIONS=--import`, it makes the process hang on SIGUSR2, in the way HANG_ON_SIGNAL says:
 *
 * - `thread`: the main thread never comes back, as from a native call that does not return. Other threads go on.
 * - `poll`: Kafka's next poll never ends; all else goes on.
 */
const HANGS = {
  thread: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  poll: () => {
    const kafka = createRequire(import.meta.url)('@confluentinc/kafka-javascript');
    kafka.KafkaConsumer.prototype.consume = () => {};
  },
};

if (isMainThread) process.on('SIGUSR2', () => HANGS[process.env.HANG_ON_SIGNAL]());
