import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ByteReader } from '../../../../../sink/hdfs/wire/byte-reader.ts';
import { LoopbackServer } from '../../../../support/fakes/hdfs/loopback-server.ts';
import { until } from '../../../../support/until.ts';

let server: LoopbackServer;
let sender: Socket;
let receiver: Socket;
beforeEach(async () => {
  const accepted = new Promise<Socket>((resolve) => {
    void LoopbackServer.start(resolve).then((started) => {
      server = started;
      receiver = connect(started.endpoint);
    });
  });
  sender = await accepted;
});
afterEach(async () => {
  receiver.destroy();
  await server.stop();
});

describe('a reader', () => {
  test('pauses a sender whose bytes nobody reads, and loses none of them', async () => {
    const reader = new ByteReader(receiver, 'them');
    const piece = Buffer.alloc(1024 * 1024, 7);
    for (let index = 0; index < 64; index += 1) sender.write(piece);
    await until(() => receiver.isPaused(), { what: 'the receiver is paused' });
    expect(receiver.bytesRead).toBeLessThan(4 * piece.length);
    for (let index = 0; index < 64; index += 1) {
      expect((await reader.read(piece.length)).equals(piece)).toBe(true);
    }
    expect(receiver.bytesRead).toBe(64 * piece.length);
  });

  test('reads any length in order, in whatever chunks the bytes came', async () => {
    const reader = new ByteReader(receiver, 'them');
    const all = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 251));
    for (let at = 0; at < all.length; at += 7) sender.write(all.subarray(at, at + 7));
    const read: Buffer[] = [];
    for (let bytes = 0; bytes < 44; bytes += 1) read.push(await reader.read(bytes));
    expect(Buffer.concat(read)).toEqual(all.subarray(0, (43 * 44) / 2));
  });

  test('reads the bytes before the end, and fails after it', async () => {
    const reader = new ByteReader(receiver, 'them');
    sender.end('four');
    await once(receiver, 'end');
    expect(String(await reader.read(3))).toBe('fou');
    await expect(reader.read(2)).rejects.toMatchObject({ kind: 'connection', reason: 'ECONNRESET' });
    expect(String(await reader.read(1))).toBe('r');
  });

  test('fails at once when the socket is destroyed', async () => {
    const reader = new ByteReader(receiver, 'them');
    const waiting = reader.read(1);
    receiver.destroy();
    await expect(waiting).rejects.toMatchObject({ name: 'HdfsError', kind: 'connection' });
    await expect(reader.read(1)).rejects.toMatchObject({ name: 'HdfsError', kind: 'connection' });
  });
});
