import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeProcess } from '../../../infra/local/process/node-process.ts';
import { WRITERS } from '../../../sink/ledger/layout.ts';
import { ComposeRun } from '../../support/deploy/compose-run.ts';
import { until } from '../../support/until.ts';

const IN_TIME_MS = 300_000;

describe('the compose file, its containers being processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  const started: NodeProcess[] = [];
  let run: ComposeRun;

  async function start(name: string, more?: readonly string[]): Promise<NodeProcess> {
    const process = run.service(name, more);
    started.unshift(process);
    await process.start();
    return process;
  }

  beforeAll(async () => {
    for (const volume of ['kafka', 'namenode', 'datanode']) mkdirSync(join(folder, volume));
    run = await ComposeRun.prepare(folder);
  });
  afterAll(async () => {
    for (const process of started) await process.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test(
    'starts in its order, stores an event, and after a stop goes on with what its volumes have',
    async () => {
      const controller = new URL(run.url(9093)).host;
      const kafka = await start('kafka', [`controller.quorum.voters=1@${controller}`]);
      expect(await run.output('topic')).toBe('created topic web-events with 3 partitions\n');
      const nameNode = await start('namenode');
      const dataNode = await start('datanode');
      await Promise.all([start('producer'), start('sink')]);

      const answer = await fetch(`${run.url(8080)}/api/select?service=blue&user=kim`);
      expect(answer.status).toBe(200);
      const { id } = (await answer.json()) as { id: string };
      await until(async () => (await sinkLines(run.url(8081))) === 1, {
        what: 'the event is durable',
        withinMs: 60_000,
      });
      const [sink, producer] = started.slice(0, 2);
      await Promise.all([sink?.stop(), producer?.stop()]);
      expect([await sink?.exited(), await producer?.exited()]).toEqual(['exit 0', 'exit 0']);

      await Promise.all([dataNode.stop(), nameNode.stop(), kafka.stop()]);
      await kafka.start();
      expect(await run.output('topic')).toBe('topic web-events exists\n');
      // The NameNode leaves safe mode only once the DataNode has reported its blocks.
      await Promise.all([nameNode.start(), dataNode.start()]);
      const lines = await run.output('namenode', [
        'dfs',
        `-Dfs.defaultFS=hdfs://${new URL(run.url(8020)).host}`,
        '-cat',
        `/data/web-events/${WRITERS}/*/*/*.jsonl`,
      ]);
      expect(lines).toContain(`"id":"${id}"`);
    },
    IN_TIME_MS,
  );
});

async function sinkLines(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(/^sink_lines_total\{.*\} (\d+)$/gm)].reduce(
    (sum, [, lines]) => sum + Number(lines),
    0,
  );
}
