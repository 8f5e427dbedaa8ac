import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { root } from '../../../infra/local/process/root.ts';
import { claimFolder, partitionFolder, topicIdPath, WRITERS } from '../../../sink/ledger/layout.ts';
import { FAULTS } from '../../../sink/verify/verdict.ts';
import type { VerificationOutcome } from '../../../sink/verify/verification.ts';
import { type Files, PlantedTopic, plantedLine, plantedLines } from '../../support/hdfs/planted-topic.ts';
import { sinkUrl } from '../../support/hdfs/transport.ts';
import { dropRecords } from '../../support/kafka/topic.ts';

const brokers = inject('kafkaBrokers');
const url = inject('hdfsUrl');
const dir = '/verify-tests';
/** The claim that has written the planted segments. */
const CLAIM = { partition: 0, token: 'token' };

let planted: PlantedTopic;
/**
 * Of 30 records, two published files have 10 each, the open file has 5, and 5 are not stored yet.
 */
let right: Files;
beforeAll(async () => {
  planted = await PlantedTopic.make({ brokers, url, dir }, 30);
  right = {
    [planted.published(0, 9)]: plantedLines(0, 9),
    [planted.published(10, 19)]: plantedLines(10, 19),
    [planted.open(20)]: plantedLines(20, 24),
  };
});
afterAll(() => planted.hdfs.ask('DELETE', dir, 'DELETE', { recursive: 'true' }));

interface Run {
  readonly code: number;
  readonly output: string;
  readonly complaints: string;
}

function run(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Run> {
  const program = join(root, 'dist/sink/verify/main.js');
  const settings = {
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: planted.topic,
    HDFS_URL: sinkUrl(),
    HDFS_DIR: dir,
    ...env,
  };
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'], ...settings }, timeout: 50_000 };
    execFile(process.execPath, [program, ...args], options, (error, output, complaints) => {
      resolve({ code: error ? Number(error.code) : 0, output, complaints });
    });
  });
}

/** The number of faults by name, and the exit code. */
async function faults(files: Files, ...args: string[]): Promise<Record<string, number>> {
  await planted.plant(files);
  const { code, output } = await run(['--json', ...args]);
  const { verdicts, strays }: VerificationOutcome = JSON.parse(output);
  const counts = FAULTS.map((fault): [string, number] => [
    fault,
    verdicts.reduce((sum, verdict) => sum + verdict[fault], 0),
  ]);
  const all: [string, number][] = [...counts, ['strays', strays.length], ['code', code]];
  return Object.fromEntries(all.filter(([, count]) => count > 0));
}

describe('npm run verify', () => {
  it('finds nothing wrong where all is right, says what is not stored yet, and exits 0', async () => {
    await planted.plant(right);
    const { code, output, complaints } = await run();
    expect(output).toMatch(/^ *0 +30 +25( +0){7} +5 +0$/m);
    expect(output).toContain('Right: ');
    expect(complaints).toBe('');
    expect(code).toBe(0);
  });

  it('calls lost what is not stored once nobody writes any more', async () => {
    expect(await faults(right, '--settled')).toEqual({ lost: 5, code: 1 });
  });

  const changed = (path: string, text: (before: string) => string): Files => ({
    ...right,
    [path]: text(right[path] ?? ''),
  });
  const without = (path: string): Files =>
    Object.fromEntries(Object.entries(right).filter(([name]) => name !== path));

  it('finds a line removed', async () => {
    const files = changed(planted.published(0, 9), (text) => text.replace(plantedLine(4), ''));
    expect(await faults(files)).toEqual({ lost: 1, code: 1 });
  });

  it('finds a line doubled', async () => {
    const files = changed(planted.open(20), (text) => text + plantedLine(24));
    expect(await faults(files)).toEqual({ doubled: 1, code: 1 });
  });

  it('finds lines swapped', async () => {
    const swap = (text: string) => text.replace(plantedLines(4, 5), plantedLine(5) + plantedLine(4));
    expect(await faults(changed(planted.published(0, 9), swap))).toEqual({ disordered: 1, code: 1 });
  });

  it('finds a line torn', async () => {
    const files = changed(planted.published(0, 9), (text) => text.slice(0, -5));
    expect(await faults(files)).toEqual({ lost: 1, torn: 1, misnamed: 1, code: 1 });
  });

  it('finds a line altered', async () => {
    const files = changed(planted.published(0, 9), (text) => text.replace(plantedLine(4), plantedLine(4, 5)));
    expect(await faults(files)).toEqual({ differing: 1, code: 1 });
  });

  it('finds a published file deleted', async () => {
    expect(await faults(without(planted.published(10, 19)))).toEqual({ lost: 10, misnamed: 1, code: 1 });
    expect(await faults(without(planted.published(0, 9)))).toEqual({ lost: 10, code: 1 });
  });

  it('finds a file called falsely, and one called like none', async () => {
    const files = without(planted.published(0, 9));
    const text = plantedLines(0, 9);
    expect(await faults({ ...files, [planted.published(0, 8)]: text })).toEqual({ misnamed: 2, code: 1 });
    const stray = planted.published(0, 9).replace('.jsonl', '.json');
    expect(await faults({ ...right, [stray]: text })).toEqual({ strays: 1, code: 1 });
  });

  it('finds a published file twice, in two hours', async () => {
    const path = planted.published(10, 19);
    const files = { ...right, [path.replace('hour=14', 'hour=15')]: plantedLines(10, 19) };
    expect(await faults(files)).toEqual({ doubled: 10, misnamed: 1, code: 1 });
  });

  it('finds lines beyond the topic’s end, however many', async () => {
    const files = { ...right, [planted.open(20)]: plantedLines(20, 2_019) };
    expect(await faults(files)).toEqual({ differing: 1_990, code: 1 });
  });

  it('finds a partition begun anew, and lines of a topic that is no more', async () => {
    const anew = { ...right, [planted.open(0)]: plantedLines(0, 3) };
    expect(await faults(anew)).toMatchObject({ doubled: 4, code: 1 });
    const foreign = { ...right, [topicIdPath(CLAIM, '0123456789abcdef')]: '' };
    expect(await faults(foreign)).toEqual({ differing: 1, code: 1 });
    expect(await faults({ ...right, [planted.open(20, 'other')]: '' })).toMatchObject({ code: 1 });
  });

  it('finds a copy of a published file in a folder of its own, and foreign files in the ledger', async () => {
    const [path, text] = [planted.published(0, 9), plantedLines(0, 9)];
    const copies = { [path.replace('hour=14', 'hour=14/sub')]: text, [`backup/2026/${path}`]: text };
    expect(await faults({ ...right, ...copies })).toEqual({ strays: 2, code: 1 });
    const foreign = {
      [planted.open(0).replace(partitionFolder(0), `${WRITERS}/00`)]: text,
      [planted.open(0).replace('token', 'token/sub')]: text,
      [`${claimFolder(CLAIM)}/notes.txt`]: '',
    };
    expect(await faults({ ...right, ...foreign })).toEqual({ strays: 3, code: 1 });
    const ignored = {
      '_backup/x.jsonl': text,
      '.hidden/x.jsonl': text,
      [path.replace('hour=14', 'hour=14/_temporary')]: text,
      [planted.open(20).replace(/jsonl$/, 'copy-token')]: text,
    };
    expect(await faults({ ...right, ...ignored })).toEqual({});
  });

  it('finds the ledger of a partition deleted, or its segment alone', async () => {
    expect(await faults(without(planted.open(20)))).toEqual({ misnamed: 1, code: 1 });
    const emptied = { ...without(planted.open(20)), [`${claimFolder(CLAIM)}/.keep`]: '' };
    expect(await faults(emptied)).toEqual({ misnamed: 1, code: 1 });
    expect((await run()).output).toContain(`the segment in ${partitionFolder(0)} is missing`);
  });

  it('takes a cut last line of the open segment for an append under way, until nobody writes any more', async () => {
    const files = changed(planted.open(20), (text) => text + plantedLine(25).slice(0, 7));
    expect(await faults(files)).toEqual({});
    expect((await run()).output).toContain('ends within a line');
    expect(await faults(files, '--settled')).toEqual({ lost: 5, torn: 1, code: 1 });
  });

  it('says what Kafka has no longer, and still finds a file that is missing there', async () => {
    const old = await PlantedTopic.make({ brokers, url, dir }, 30);
    await dropRecords(brokers, [{ topic: old.topic, partition: 0, offset: 15 }]);
    const files = {
      [old.published(0, 4)]: plantedLines(0, 4),
      [old.published(5, 9)]: plantedLines(5, 9),
      [old.open(10)]: plantedLines(10, 29),
    };
    await old.plant(files);
    const whole = await run([], { KAFKA_TOPIC: old.topic });
    expect(whole.output).toMatch(/^ *0 +15 +30( +0){8} +15$/m);
    expect(whole.code).toBe(0);
    await old.plant(
      Object.fromEntries(Object.entries(files).filter(([path]) => path !== old.published(5, 9))),
    );
    const holed = await run([], { KAFKA_TOPIC: old.topic });
    expect(holed.output).toContain('a file is missing before it');
    expect(holed.code).toBe(1);
  });

  it('exits 2 where it cannot tell: usage, settings, no Kafka, no topic, no HDFS', async () => {
    const cases: [string[], Record<string, string>, string][] = [
      [['--wrong'], {}, 'usage: verify'],
      [[], { HDFS_DIR: 'relative' }, 'HDFS_DIR: '],
      [[], { KAFKA_BROKERS: '127.0.0.1:1' }, '127.0.0.1:1 did not answer'],
      [[], { KAFKA_TOPIC: 'no-such-topic' }, 'no topic "no-such-topic"'],
      [[], { HDFS_URL: sinkUrl().replace(/:\d+/, ':1') }, 'ECONNREFUSED'],
    ];
    for (const [args, env, says] of cases) {
      const { code, output, complaints } = await run(args, env);
      expect(complaints).toContain(says);
      expect(output).toBe('');
      expect(code).toBe(2);
    }
  });
});
