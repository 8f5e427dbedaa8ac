import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { check } from '../../../sink/check.ts';
import { readConfig } from '../../../sink/config.ts';
import { WRITERS } from '../../../sink/ledger/layout.ts';
import { RawHdfs, SUPERUSER } from '../../support/hdfs/hdfs-raw.ts';
import { sinkUrl, speaksHdfs } from '../../support/hdfs/transport.ts';
import { createTopic } from '../../support/kafka/topic.ts';
import { runRole } from '../../support/process/role-process.ts';
import { startSink } from '../../support/process/sink-process.ts';
import type { HdfsFault } from '../../support/proxy/hdfs-fault.ts';
import { HdfsProxy } from '../../support/proxy/hdfs-proxy.ts';

const brokers = inject('kafkaBrokers');
const url = inject('hdfsUrl');
const hdfs = new RawHdfs(url);

let topic: string;
let dir: string;
beforeEach(async () => {
  topic = await createTopic(brokers, { partitions: 3 });
  dir = `/check-${topic}`;
  await hdfs.ask('PUT', dir, 'MKDIRS');
});
afterEach(() => hdfs.ask('DELETE', dir, 'DELETE', { recursive: 'true' }));

const settings = (more: Record<string, string> = {}) => ({
  KAFKA_BROKERS: brokers,
  KAFKA_TOPIC: topic,
  KAFKA_GROUP: topic,
  HDFS_URL: sinkUrl(),
  HDFS_DIR: dir,
  ...more,
});

interface Report {
  readonly works: boolean;
  readonly text: string;
}

async function report(more: Record<string, string> = {}): Promise<Report> {
  const said: string[] = [];
  const works = await check(readConfig(settings(more)), (line) => said.push(line));
  return { works, text: said.join('\n') };
}

/**
 * The failures of a report with their advice, so that an unexpected failure shows up in the test.
 */
const failuresIn = (text: string): string[] => text.match(/^FAIL .*(\n {17}.*)*/gm) ?? [];

function expectToWork({ works, text }: Report): void {
  expect(failuresIn(text)).toEqual([]);
  expect(works).toBe(true);
}

/** Expects this failure and no other. */
function expectOneFailure({ works, text }: Report, pattern: RegExp): void {
  expect(failuresIn(text)).toEqual([expect.stringMatching(pattern)]);
  expect(works).toBe(false);
}

/** Longer than a check with all of its retries. */
const CHECK_WITHIN_MS = 240_000;
const asProcess = { args: ['--check'], withinMs: CHECK_WITHIN_MS };

describe('--check', { timeout: CHECK_WITHIN_MS + 10_000 }, () => {
  it('tries everything the sink does, says how long it took, exits 0, and leaves nothing behind', async () => {
    const { code, output } = await runRole('sink', settings(), asProcess);
    expect(failuresIn(output)).toEqual([]);
    expect(output).toMatch(/^ok {3}topic .*3 partitions/m);
    for (const step of ['create', 'append', 'truncate', 'claim', 'publish', 'delete']) {
      // On a busy machine the check may warn of slow appends.
      expect(output).toMatch(new RegExp(`^(ok  |warn) ${step} .*\\d m?s`, 'm'));
    }
    expect(output).toMatch(/^ok {3}fence /m);
    expect(output).toContain('The sink could work');
    expect(code).toBe(0);
    expect(await hdfs.names(dir)).toEqual([]);
  });

  it('changes neither group nor ledger of a sink that runs', async () => {
    const sink = await startSink(settings());
    try {
      await sink.ready();
      const before = await ledger();
      expectToWork(await report());
      expect(await ledger()).toEqual(before);
      expect(await hdfs.names(`${dir}/${topic}`)).toEqual([WRITERS]);
      expect(sink.logs()).not.toContain('revoked');
    } finally {
      await sink.stop();
    }
  });

  it('fails for a folder that is erasure-coded, and leaves nothing behind', async () => {
    const ecpolicy = 'XOR-2-1-1024k';
    await hdfs.ask('PUT', '/', 'ENABLEECPOLICY', { ecpolicy });
    await hdfs.ask('PUT', dir, 'SETECPOLICY', { ecpolicy });
    expectOneFailure(
      await report(),
      speaksHdfs()
        ? /^FAIL folder .*erasure-coded \(policy 4\)/
        : /^FAIL folder .*erasure-coded \(XOR-2-1-1024k\)/,
    );
    expect(await hdfs.names(dir)).toEqual([]);
  });

  it('warns of a quota that has no room for a block a partition', async () => {
    await hdfs.ask('PUT', dir, 'SETQUOTA', { namespacequota: '1000000', storagespacequota: '300000000' });
    const found = await report();
    expectToWork(found);
    expect(found.text).toMatch(
      /^warn quota .*286 MiB left.*\n.*384 MiB.*128 MiB.*replication 1.*partitions 3/m,
    );
  });

  it('fails for a quota that has no room for one block, and leaves nothing behind', async () => {
    await hdfs.ask('PUT', dir, 'SETQUOTA', { namespacequota: '1000000', storagespacequota: '100000000' });
    expectOneFailure(await report(), /^FAIL append .*DSQuotaExceededException/);
    expect(await hdfs.names(dir)).toEqual([]);
  });

  it('warns of a quota that will soon be out of names', async () => {
    await hdfs.ask('PUT', dir, 'SETQUOTA', { namespacequota: '100', storagespacequota: '9000000000' });
    const found = await report();
    expectToWork(found);
    expect(found.text).toMatch(/^warn quota .*room for 99 more/m);
  });

  it('fails for a user without the right to write, and names the user and the folder', async () => {
    const wanted = new RegExp(`^FAIL scratch .*user=nobody-special.*\\n.*chown nobody-special ${dir}"`);
    expectOneFailure(await report({ HDFS_USER: 'nobody-special' }), wanted);
  });

  it('never advises to give the root away, also where HDFS_DIR is the root', async () => {
    const found = await report({ HDFS_USER: 'nobody-special', HDFS_DIR: '/' });
    expect(found.text).toContain(
      `"hdfs dfs -mkdir -p /${topic}" and "hdfs dfs -chown nobody-special /${topic}"`,
    );
  });

  it('fails for a topic that is not there, and does not make it', async () => {
    const missing = { KAFKA_TOPIC: `${topic}-missing` };
    expectOneFailure(await report(missing), /^FAIL topic .*is not there/);
    expectOneFailure(await report(missing), /^FAIL topic .*is not there/);
  });

  it('says what keeps it from Kafka and HDFS, and exits 1', async () => {
    const scheme = new URL(sinkUrl()).protocol;
    const nowhere = {
      KAFKA_BROKERS: '127.0.0.1:1',
      HDFS_URL: `${scheme}//127.0.0.1:1,${scheme}//nn.invalid:9870`,
    };
    const { code, output } = await runRole('sink', settings(nowhere), asProcess);
    expect(output).toMatch(/^FAIL brokers (.*\n)+?.*Connection refused/m);
    expect(output).toMatch(/^FAIL NameNode .*127\.0\.0\.1:1.*ECONNREFUSED/m);
    expect(output).toMatch(/^FAIL NameNode .*nn\.invalid:9870/m);
    expect(code).toBe(1);
  });

  it('warns of a NameNode of a pair that is away', async () => {
    const found = await report({ HDFS_URL: `${new URL(sinkUrl()).protocol}//127.0.0.1:1,${sinkUrl()}` });
    expectToWork(found);
    expect(found.text).toMatch(/^warn NameNode .*127\.0\.0\.1:1/m);
    expect(found.text).toMatch(/^ok {3}NameNode .*is active/m);
  });

  const onTheWay: [string, string, HdfsFault][] = [
    ['CREATE', 'create', { kind: 'refuse' }],
    ['APPEND', 'append', { kind: 'swallow' }],
    ['TRUNCATE', 'truncate', { kind: 'swallow' }],
    ['RENAME', 'claim', { kind: 'swallow' }],
  ];
  // The proxy speaks HTTP only.
  it.each(speaksHdfs() ? [] : onTheWay)(
    'tries again from the start where %s fails and may not again, and leaves nothing behind',
    async (op, step, fault) => {
      const proxy = await HdfsProxy.start(url);
      try {
        proxy.next({ op }, fault);
        const found = await report({ HDFS_URL: proxy.url });
        expectToWork(found);
        expect(found.text).toMatch(new RegExp(`^warn ${step} +${op} .*\\n.*it passed`, 'm'));
        expect(proxy.injected.size).toBe(1);
        expect(await hdfs.names(dir)).toEqual([]);
      } finally {
        await proxy.close();
      }
    },
  );

  it('shows the settings, but no secret', async () => {
    const { text } = await report({ KAFKA_CONFIG: '{"ssl.key.password":"hush-hush"}' });
    expect(text).toMatch(/KAFKA_CONFIG=.*ssl\.key\.password/);
    expect(text).toContain(`HDFS_USER=${SUPERUSER}`);
    expect(text).not.toContain('hush-hush');
  });
});

/** The claims of the partitions, and the names of their files. */
async function ledger(): Promise<string[]> {
  const found: string[] = [];
  const writers = `${dir}/${topic}/${WRITERS}`;
  for (const partition of await hdfs.names(writers)) {
    for (const token of await hdfs.names(`${writers}/${partition}`)) {
      const files = await hdfs.names(`${writers}/${partition}/${token}`);
      found.push(...files.map((file) => `${partition}/${token}/${file}`));
    }
  }
  return found;
}
