import { setTimeout as delay } from 'node:timers/promises';

const ASK_AGAIN_MS = 250;

/**
 * Asks Kafka the same question until it is answered, or until a time by `performance.now()`. A
 * partition that is new or changes its leader has no broker to answer for about a second. A group
 * that is new has no coordinator for as long. librdkafka then fails at once and does not ask again.
 *
 * @throws the failure of the last attempt
 */
export async function askUntil<Answer>(ask: () => Promise<Answer>, untilMs: number): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > untilMs) throw error;
    }
    await delay(ASK_AGAIN_MS);
  }
}
