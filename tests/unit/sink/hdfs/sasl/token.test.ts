import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeToken } from '../../../../../sink/hdfs/sasl/token.ts';
import { HdfsError } from '../../../../../sink/hdfs/wire/errors.ts';

/** A token that `hdfs fetchdt` of Hadoop 3.5 printed for a test cluster. */
const PRINTED =
  'LgAaaGRmcy9sb2NhbGhvc3RARVhBTVBMRS5DT00AAIoBohDEyTKKAaI00U0yAQIUt5LMW6Iir9K6-G-I7oOwNgkvA8QVSERGU19ERUxFR0FUSU9OX1RPS0VODzEyNy4wLjAuMToyODY5Mw';

test.each([PRINTED, `${PRINTED}\n`, `${PRINTED}==`])('a token is decoded as Hadoop prints it', (text) => {
  const { identifier, password, kind, service } = decodeToken(text);
  expect({ kind, service }).toEqual({ kind: 'HDFS_DELEGATION_TOKEN', service: '127.0.0.1:28693' });
  expect(Buffer.from(identifier).toString('latin1')).toContain('hdfs/localhost@EXAMPLE.COM');
  expect(password).toHaveLength(20);
});

test('a part whose length needs more than one byte is decoded whole', () => {
  const identifier = Buffer.alloc(300, 7);
  const bytes = Buffer.concat([
    Buffer.from([0x8e, 1, 44]),
    identifier,
    Buffer.from([1, 8, 1, 0x4b, 1, 0x53]),
  ]);
  const token = decodeToken(bytes.toString('base64url'));
  expect(Buffer.from(token.identifier)).toEqual(identifier);
  expect(token).toMatchObject({ kind: 'K', service: 'S' });
});

test('any other text is decoded, or refused with an HdfsError', () => {
  const bytes = fc.uint8Array().map((all) => Buffer.from(all).toString('base64url'));
  const cut = fc.nat({ max: PRINTED.length - 2 }).map((length) => PRINTED.slice(0, length));
  const text = fc.oneof(fc.string(), bytes, cut);
  const check = fc.property(text, (said) => {
    try {
      decodeToken(said);
    } catch (error) {
      expect(error).toBeInstanceOf(HdfsError);
    }
  });
  fc.assert(check);
});
