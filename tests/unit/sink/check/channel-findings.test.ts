import { expect, test } from 'vitest';
import { assessChannel } from '../../../../sink/check/channel-findings.ts';

const says = (url: string, changes: Partial<Parameters<typeof assessChannel>[0]> = {}) =>
  assessChannel({
    HDFS_URL: [new URL(url)],
    HDFS_HEADERS: {},
    HDFS_ALLOW_PLAIN_REDIRECT: false,
    ...changes,
  }).map((finding) => finding.says);

test('a token or headers over HTTP without TLS are warned of', () => {
  const secrets = { HDFS_TOKEN_FILE: '/token', HDFS_HEADERS: { Authorization: 'x' } };
  expect(says('http://nn:9870', secrets)).toEqual([
    expect.stringMatching(/^the delegation token and HDFS_HEADERS: in the clear/),
  ]);
  expect(says('https://nn:9871', secrets)).toEqual([]);
  expect(says('http://nn:9870')).toEqual([]);
  expect(says('hdfs://nn:8020', { HDFS_TOKEN_FILE: '/token' })).toEqual([]);
});

test('a redirect without TLS that the settings allow is warned of', () => {
  expect(says('https://nn:9871', { HDFS_ALLOW_PLAIN_REDIRECT: true })).toEqual([
    expect.stringContaining('in the clear'),
  ]);
});
