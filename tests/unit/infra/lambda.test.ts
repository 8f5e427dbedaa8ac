import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { readFunctionConfig } from '../../../producer/config.ts';
import { producerEntries } from '../../../producer/settings.ts';
import { LAMBDA_FOLDER, readLambdaTemplate } from '../../support/deploy/lambda-template.ts';

const ANSWER_ALLOWANCE_MS = 1_000;

describe("the Lambda function's template", () => {
  const { Parameters, Resources } = readLambdaTemplate();
  const { Metadata, Properties } = Resources.Producer;
  const given = Object.entries(Properties.Environment.Variables);
  const deployed = (value: string | { Ref: string }) =>
    typeof value === 'string' ? value : (Parameters[value.Ref]?.Default ?? 'broker-1:9092,broker-2:9092');
  const env = Object.fromEntries(given.map(([name, value]) => [name, deployed(value)]));

  test('builds an image that is there', () => {
    const context = join(LAMBDA_FOLDER, Metadata.DockerContext);
    expect(existsSync(join(context, Metadata.Dockerfile))).toBe(true);
    expect(existsSync(join(context, 'package-lock.json'))).toBe(true);
  });

  test('takes for each setting a parameter that there is', () => {
    for (const [, value] of given) {
      if (typeof value === 'object') expect(Object.keys(Parameters)).toContain(value.Ref);
    }
  });

  test('gives the function settings that there are, each with a right value', () => {
    expect(Object.keys(producerEntries)).toEqual(expect.arrayContaining(Object.keys(env)));
    expect(() => readFunctionConfig(env)).not.toThrow();
  });

  test('leaves a call the time to wait for the connection, then for the broker, and to be answered', () => {
    const { PRODUCE_DEADLINE_MS } = readFunctionConfig(env);
    expect(Properties.Timeout * 1_000).toBeGreaterThan(2 * PRODUCE_DEADLINE_MS + ANSWER_ALLOWANCE_MS);
  });
});

describe("the Lambda function's image", () => {
  const dockerfile = readFileSync(join(LAMBDA_FOLDER, 'Dockerfile'), 'utf8');

  test('has a Dockerfile without a mistake', () => {
    expect(validate(dockerfile)).toEqual([]);
  });
});
