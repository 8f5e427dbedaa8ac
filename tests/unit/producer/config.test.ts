import { describe, expect, it } from 'vitest';
import { printable, readConfig, readFunctionConfig } from '../../../producer/config.ts';
import { type Environment, SettingsError } from '../../../producer/contract/settings.ts';
import { OWNED_PROPERTIES } from '../../../producer/kafka/librdkafka.ts';

function problemsOf(env: Environment): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe("the producer's settings", () => {
  it('need nothing to be set', () => {
    expect(readConfig({})).toMatchObject({ HOST: '127.0.0.1', PORT: 8080, KAFKA_TOPIC: 'web-events' });
  });

  it('name every mistake at once, those inside KAFKA_CONFIG too', () => {
    const KAFKA_CONFIG = '{"nope":1,"socket.timeout.ms":"soon","acks":0}';
    expect(problemsOf({ PORT: '70000', LOG_LEVEL: 'loud', KAFKA_CONFIG })).toEqual([
      'KAFKA_CONFIG: No such configuration property: "nope"',
      'KAFKA_CONFIG: Invalid value for configuration property "socket.timeout.ms"',
      expect.stringMatching(/^KAFKA_CONFIG: "acks" is not yours to set/),
      expect.stringMatching(/^PORT: "70000"/),
      expect.stringMatching(/^LOG_LEVEL: "loud"/),
    ]);
  });

  it.each(Object.keys(OWNED_PROPERTIES))('do not let KAFKA_CONFIG take %s away', (name) => {
    expect(problemsOf({ KAFKA_CONFIG: JSON.stringify({ [name]: '1' }) })).toEqual([
      expect.stringContaining(`"${name}" is not yours to set`),
    ]);
  });

  it.each([
    [{ LINGER_MS: '100', DELIVERY_TIMEOUT_MS: '100' }, 'LINGER_MS'],
    [{ PRODUCE_DEADLINE_MS: '3000' }, 'PRODUCE_DEADLINE_MS'],
    [{ DRAIN_TIMEOUT_MS: '4999' }, 'DRAIN_TIMEOUT_MS'],
    [{ MAX_BODY_BYTES: '1048577', MAX_IN_FLIGHT_BYTES: '1048576' }, 'MAX_BODY_BYTES'],
  ])('refuse the contradiction %j', (env, name) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
  });

  it.each([
    'https://www.example.com/',
    'https://www.example.com/path',
    'https://WWW.example.com',
    'www.example.com',
    'https://www.example.com:443',
    'https://*',
    'https://www.*.com',
    'https://*example.com',
    'https://*.*.example.com',
    '*,https://www.example.com',
    'null',
  ])('refuse %s in CORS_ORIGINS, which would match no page', (origins) => {
    expect(problemsOf({ CORS_ORIGINS: origins })).toEqual([expect.stringMatching(/^CORS_ORIGINS: /)]);
  });

  it.each([[{}], [{ LINGER_MS: '' }]])(
    'of a function let no event linger where %j says nothing of it',
    (env) => {
      expect(readFunctionConfig(env)).toEqual({ ...readConfig(env), LINGER_MS: 0 });
      expect(readFunctionConfig({ ...env, LINGER_MS: '7' }).LINGER_MS).toBe(7);
    },
  );

  it('are printed without their secrets', () => {
    const config = readConfig({ KAFKA_CONFIG: '{"sasl.password":"hunter2"}' });
    expect(JSON.stringify(printable(config))).not.toContain('hunter2');
  });
});
