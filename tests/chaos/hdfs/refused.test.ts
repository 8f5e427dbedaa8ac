import { expect } from 'vitest';
import { RawHdfs } from '../../support/hdfs/hdfs-raw.ts';
import { disaster } from '../../support/stage/disaster.ts';
import { until } from '../../support/until.ts';

/** Another user than the NameNode's, because that user may do everything. */
const USER = 'sink-user';

/**
 * The rights that an operator takes from the sink and gives back, by operations of WebHDFS on the
 * topic's folder.
 */
const TAKEN = [
  {
    what: 'room',
    reason: 'DSQuotaExceededException',
    taken: ['SETQUOTA', { storagespacequota: '1' }],
    given: ['SETQUOTA', { storagespacequota: '-1' }],
  },
  {
    what: 'names',
    reason: 'NSQuotaExceededException',
    taken: ['SETQUOTA', { namespacequota: '1' }],
    given: ['SETQUOTA', { namespacequota: '-1' }],
  },
  {
    what: 'permission',
    reason: 'AccessControlException',
    taken: ['SETPERMISSION', { permission: '000' }],
    given: ['SETPERMISSION', { permission: '755' }],
  },
] as const;

disaster('quota and permission are taken and given back', { withinMs: 180_000 }, async (stage) => {
  const { url, dir, topic } = stage.location;
  const hdfs = new RawHdfs(url);
  const change = async (op: string, parameters: Readonly<Record<string, string>> = {}) => {
    expect(await hdfs.ask('PUT', `${dir}/${topic}`, op, parameters)).toMatchObject({ status: 200 });
  };
  await change('MKDIRS');
  await change('SETOWNER', { owner: USER });
  const sink = await stage.startSink({ HDFS_USER: USER });
  await stage.begins();
  const workers = await sink.workerPids();
  for (const { what, reason, taken, given } of TAKEN) {
    await change(taken[0], taken[1]);
    stage.count(`${what} taken`);
    const saysWhy = async () => (await (await fetch(`${sink.url}/readyz`)).text()).includes(reason);
    await until(saysWhy, { what: `/readyz says ${reason}`, withinMs: 30_000 });
    await change(given[0], given[1]);
    await stage.recovers();
  }
  expect(await sink.workerPids()).toEqual(workers);
  await stage.judge();
});
