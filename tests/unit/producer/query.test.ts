import { describe, expect, it } from 'vitest';
import { CollectorError } from '../../../producer/errors.ts';
import { readSelection } from '../../../producer/query.ts';

function problemsOf(query: string): readonly string[] {
  try {
    readSelection(query);
    return [];
  } catch (error) {
    if (error instanceof CollectorError && error.code === 'invalid_request') return error.problems;
    throw error;
  }
}

describe('the query of a selection', () => {
  it.each([
    ['service=blue&user=hong', { service: 'blue', user: 'hong' }],
    ['user=%ED%99%8D%EA%B8%B8%EB%8F%99&service=%F0%9F%98%80', { service: '😀', user: '홍길동' }],
    ['user=a+b%2Bc%26d%3De&service=x=y', { service: 'x=y', user: 'a b+c&d=e' }],
    ['%75ser=hong&service=blue', { service: 'blue', user: 'hong' }],
    ['service=blue&user=hong&t=%ff&&', { service: 'blue', user: 'hong' }],
  ])('reads %s', (query, selection) => {
    expect(readSelection(query)).toEqual(selection);
  });

  it.each([
    ['', ['service is missing', 'user is missing']],
    ['service=&user', ['service is empty', 'user is empty']],
    ['service=+&user=%E3%80%80', ['service is blank', 'user is blank']],
    ['service=%ff&user=100%', ['service is not percent-encoded UTF-8', 'user is not percent-encoded UTF-8']],
    ['service=%ED%A0%80&user=x', ['service is not percent-encoded UTF-8']],
    ['service=a&user=b&user=b', ['user is given 2 times']],
    ['service=a&user=b&%75ser=c', ['user is given 2 times']],
    [`service=${'a'.repeat(257)}`, ['service is longer than 256 characters', 'user is missing']],
  ])('names every mistake of %j', (query, problems) => {
    expect(problemsOf(query)).toEqual(problems);
  });
});
