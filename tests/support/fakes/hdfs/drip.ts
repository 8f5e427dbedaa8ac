import type { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/** Sends the bytes one by one, with a pause after each, if any. */
export async function drip(socket: Socket, bytes: Uint8Array, pauseMs = 0): Promise<void> {
  for (const byte of bytes) {
    if (socket.destroyed) return;
    socket.write(Buffer.of(byte));
    await (pauseMs > 0 ? delay(pauseMs) : nextTurn());
  }
}
