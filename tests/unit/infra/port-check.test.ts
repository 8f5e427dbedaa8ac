import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { checkPorts } from '../../../infra/local/process/port-check.ts';

let server: Server | undefined;

afterEach(() => server?.close());

test('every taken port is named in one message, and no free one', async () => {
  const [first, second, free] = [await freePort(), await freePort(), await freePort()];
  server = createServer();
  await new Promise((resolve) => server?.listen(first, '127.0.0.1', () => resolve(undefined)));
  const other = createServer();
  await new Promise((resolve) => other.listen(second, '127.0.0.1', () => resolve(undefined)));
  const checking = checkPorts([
    { port: first, server: 'the page', variable: 'PORT' },
    { port: free, server: 'Kafka', variable: 'KAFKA_PORT' },
    { port: second, server: 'a helper' },
  ]);
  await expect(checking).rejects.toThrow(
    `Ports are in use already. Is another npm start running?
  127.0.0.1:${first} (the page): PORT=<another port> moves it
  127.0.0.1:${second} (a helper)`,
  );
  await expect(checking).rejects.not.toThrow(String(free));
  other.close();
});

test('a free port lies below those of outgoing connections and is never given twice', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
  expect(new Set(ports).size).toBe(50);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});
