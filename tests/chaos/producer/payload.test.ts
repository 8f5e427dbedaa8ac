import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { collectorBrokerDisaster } from '../../support/collector/collector-disaster.ts';
import { inShort } from '../../support/stage/disaster.ts';

const BAD_PAYLOADS = inShort(40, 200);
/** Far more than an event of the load, and less than the largest event that the producer takes. */
const BROKER_TAKES_BYTES = '20000';
const LARGE = JSON.stringify({
  service: 'too large for this broker',
  user: 'user-0',
  properties: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`p${i}`, 'x'.repeat(1_000)])),
});
/** Each payload with the status of its answer. */
const BAD: readonly (readonly [string, number])[] = [
  [LARGE, 502],
  [`[${LARGE},${LARGE}]`, 502],
  ['{"service":"","user":1}', 400],
  ['[', 400],
  ['x'.repeat(1_100_000), 413],
];

collectorBrokerDisaster(
  'bad payloads among the good',
  { withinMs: 240_000, properties: { 'message.max.bytes': BROKER_TAKES_BYTES } },
  async (stage) => {
    await stage.tells('acked', 100);
    for (let count = 0; count < BAD_PAYLOADS; count++) {
      const [body, status] = BAD[stage.pick(BAD.length)] ?? ['', 0];
      const answer = await post(stage.producer.url, body);
      expect(answer.status, await answer.text()).toBe(status);
      stage.count(`bad payload, answered ${status}`);
      const ready = await fetch(`${stage.producer.url}/readyz`);
      expect(await ready.json()).toMatchObject({ ready: true, problems: [] });
      await delay(stage.pick(50));
    }
    await stage.recovers('after the last');
    await stage.judge();
  },
);

function post(url: string, body: string): Promise<Response> {
  return fetch(`${url}/api/events`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json' },
  });
}
