import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SettingsError } from '../../../../../producer/contract/settings.ts';
import { printable, readConfig } from '../../../../../sink/config.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'web-events-settings-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function problems(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('the address of a NameNode', () => {
  test('with a password in it is refused, and the message does not repeat the password', () => {
    const found = problems({ HDFS_URL: 'https://me:hush-hush@gate:8443' });
    expect(found).toEqual([expect.stringContaining('in HDFS_HEADERS')]);
    expect(found.join()).not.toContain('hush-hush');
  });

  test.each(['http://nn:9870/?op=x', 'http://nn:9870/#x'])('%s is refused', (url) => {
    expect(problems({ HDFS_URL: url })).toEqual([expect.stringMatching(/^HDFS_URL: must end with the path/)]);
  });
});

describe('a CA file', () => {
  const url = { HDFS_URL: 'https://nn:9871' };

  test('that is not there, or holds no certificate, or a broken one, is refused by its name', () => {
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    for (const path of [join(folder, 'nowhere.pem'), file('no.pem', 'hello'), file('broken.pem', broken)]) {
      expect(problems({ ...url, HDFS_CA_FILE: path })).toEqual([expect.stringContaining(path)]);
    }
  });

  test('with a certificate is taken', () => {
    const path = join(folder, 'ca.pem');
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=throw-away'];
    execFileSync('openssl', [...request, '-keyout', join(folder, 'key.pem'), '-out', path], {
      stdio: 'pipe',
    });
    expect(readConfig({ ...url, HDFS_CA_FILE: path }).HDFS_CA_FILE).toBe(path);
    expect(problems({ HDFS_URL: 'http://nn:9870', HDFS_CA_FILE: path })).toEqual([
      expect.stringMatching(/^HDFS_CA_FILE: has no use/),
    ]);
  });
});

describe('a token file', () => {
  const TOKEN =
    'LgAaaGRmcy9sb2NhbGhvc3RARVhBTVBMRS5DT00AAIoBohDEyTKKAaI00U0yAQIUt5LMW6Iir9K6-G-I7oOwNgkvA8QVSERGU19ERUxFR0FUSU9OX1RPS0VODzEyNy4wLjAuMToyODY5Mw';

  test('is taken with or without a line feed, and the token is not shown', () => {
    const path = file('token', `${TOKEN}\n`);
    const config = readConfig({ HDFS_TOKEN_FILE: path });
    expect(config.HDFS_TOKEN_FILE).toBe(path);
    expect(JSON.stringify(printable(config))).not.toContain(TOKEN);
    expect(printable(config)['HDFS_USER']).toBeUndefined();
  });

  test.each(['', 'two words in it', '{"Token":{"urlString":"x"}}'])('that holds %j is refused', (content) => {
    const found = problems({ HDFS_TOKEN_FILE: file('bad-token', content) });
    expect(found).toEqual([expect.stringContaining('does not hold a delegation token')]);
  });

  test('beside a user is refused: the token says who acts', () => {
    const env = { HDFS_TOKEN_FILE: file('token', TOKEN), HDFS_USER: 'kim' };
    expect(problems(env)).toEqual([expect.stringMatching(/^HDFS_USER: has no use/)]);
  });
});

describe('headers for a gateway', () => {
  test.each(['7', '[]', 'null', '{', '{"a":1}'])('%s is refused as no object of them', (json) => {
    expect(problems({ HDFS_HEADERS: json })).toEqual([expect.stringContaining('must be a JSON object')]);
  });

  test('each wrong one is named, and no value is shown', () => {
    const wrong = { 'a b': 'hush-1', Host: 'hush-2', 'X-Good': 'hush-3', 'X-Bad': 'hush-4\r\nX: y' };
    const found = problems({ HDFS_HEADERS: JSON.stringify(wrong) });
    expect(found).toEqual([
      expect.stringContaining('"a b" is not the name of a header'),
      expect.stringContaining('"Host" is not yours to set'),
      expect.stringContaining('"X-Bad"'),
    ]);
    expect(found.join()).not.toContain('hush');
  });

  test('are kept, and masked when settings are printed', () => {
    const config = readConfig({
      HDFS_URL: 'https://gate:8443',
      HDFS_HEADERS: '{"Authorization":"Basic aHVzaA=="}',
    });
    expect(config.HDFS_HEADERS).toEqual({ Authorization: 'Basic aHVzaA==' });
    expect(printable(config)['HDFS_HEADERS']).toEqual({ Authorization: '***' });
  });
});
