import { describe, expect, it } from 'vitest';
import { MAX_URL_LENGTH, readQuery } from '../../../../producer/http/query.ts';

function read(query: string) {
  const given = readQuery(`http://localhost/api/select?${query}`);
  return given.is === 'valid' ? given.input : given.error;
}

describe('the query of an event', () => {
  it.each([
    ['service=blue&user=hong', { service: 'blue', user: 'hong' }],
    ['user=%ED%99%8D%EA%B8%B8%EB%8F%99&service=%F0%9F%98%80', { service: '😀', user: '홍길동' }],
    ['user=a+b%2Bc%26d%3De&service=x=y', { service: 'x=y', user: 'a b+c&d=e' }],
    ['%75ser=hong&service=blue', { service: 'blue', user: 'hong' }],
    ['service=blue&user=hong&t=%ff&&', { service: 'blue', user: 'hong' }],
    ['service=blue&user=hong#user=kim', { service: 'blue', user: 'hong' }],
    ['service=a&user=b&id=x-1', { service: 'a', user: 'b', id: 'x-1' }],
    [
      'service=a&user=b&timestamp=2026-11-22T15:00:00%2B09:00',
      { service: 'a', user: 'b', timestamp: '2026-11-22T06:00:00.000Z' },
    ],
  ])('reads %s', (query, event) => {
    expect(read(query)).toEqual(event);
  });

  it.each([
    ['', ['service is missing', 'user is missing']],
    ['service=&user', ['service is empty', 'user is empty']],
    ['service=+&user=%E3%80%80', ['service is blank', 'user is blank']],
    ['service=%ff&user=100%', ['service is not percent-encoded UTF-8', 'user is not percent-encoded UTF-8']],
    ['service=%ED%A0%80&user=x', ['service is not percent-encoded UTF-8']],
    ['service=a&user=b&user=b', ['user is given 2 times']],
    ['service=a&user=b&%75ser=c', ['user is given 2 times']],
    ['service=a&user=b&id=x&id=x', ['id is given 2 times']],
    [
      'service=a&user=b&id=+&timestamp=now',
      [expect.stringMatching(/^id is not 1 to 128/), expect.stringMatching(/^timestamp is not an ISO 8601/)],
    ],
    [`service=${'a'.repeat(257)}`, ['service is longer than 256 characters', 'user is missing']],
  ])('names every mistake of %j', (query, problems) => {
    expect(read(query)).toMatchObject({ code: 'invalid_request', problems });
  });

  it('is not read where the address is too long, however right it is', () => {
    const filler = 'x'.repeat(MAX_URL_LENGTH);
    expect(read(`service=a&user=b&filler=${filler}`)).toMatchObject({ code: 'uri_too_long' });
  });
});
