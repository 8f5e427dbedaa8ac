import { setTimeout as delay } from 'node:timers/promises';
import { FileSystemError } from '../errors.ts';
import { isHeld } from '../remote-exceptions.ts';
import type { WebHdfsClient } from './client.ts';

/**
 * Longer than any file of HDFS. A TRUNCATE to this length asks whether a client holds the lease of
 * the file, and can never cut the file.
 */
const BEYOND_ANY_FILE = String(2n ** 62n);
/** The interval of the zero-byte APPEND, which wakes a truncation whose DataNode died. */
const WAKE_INTERVAL_MS = 10_000;
const PROBE_INTERVAL_MS = { first: 50, last: 1_000 };

/**
 * Waits until no client holds the lease of the file, or until `signal` aborts. Resolves with the
 * length of the file, bytes; undefined where the NameNode does not tell it.
 *
 * @throws {FileSystemError}
 */
export async function recoverLease(
  client: WebHdfsClient,
  path: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  let wakeAtMs = performance.now() + WAKE_INTERVAL_MS;
  for (let pauseMs = PROBE_INTERVAL_MS.first; ; pauseMs = Math.min(pauseMs * 2, PROBE_INTERVAL_MS.last)) {
    const free = await probe(client, path);
    if (free) return free.bytes;
    const nowMs = performance.now();
    if (nowMs >= wakeAtMs) {
      await wake(client, path);
      wakeAtMs = nowMs + WAKE_INTERVAL_MS;
    }
    await delay(pauseMs, undefined, { signal });
  }
}

/** Resolves with undefined while a client holds the lease; else with the length of the file. */
async function probe(
  client: WebHdfsClient,
  path: string,
): Promise<{ readonly bytes: number | undefined } | undefined> {
  try {
    await client.ask('POST', path, 'TRUNCATE', { newlength: BEYOND_ANY_FILE });
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    if (error.message.includes('Cannot truncate to a larger file size')) {
      const bytes = /Current size: (\d+)/.exec(error.message)?.[1];
      return { bytes: bytes === undefined ? undefined : Number(bytes) };
    }
    if (isHeld(error.reason)) return undefined;
    throw error;
  }
  throw new FileSystemError(
    'unavailable',
    'ProbeAnswered',
    `TRUNCATE ${path} beyond any file was not refused`,
  );
}

async function wake(client: WebHdfsClient, path: string): Promise<void> {
  try {
    await client.transfer('POST', path, 'APPEND', { body: [], success: 200 });
  } catch (error) {
    // The server is meant to refuse. Without an answer, which has a cause, the APPEND may still
    // take the lease later.
    if (!(error instanceof FileSystemError) || error.cause !== undefined) throw error;
  }
}
