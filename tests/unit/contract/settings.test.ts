import { describe, expect, it } from 'vitest';
import { kafkaEntries, maskSecrets } from '../../../producer/contract/kafka-settings.ts';
import {
  type Environment,
  integer,
  readSettings,
  SettingsError,
  text,
} from '../../../producer/contract/settings.ts';

const rules = {
  owned: { acks: 'always all' },
  probe: (name: string) => (name === 'nope' ? 'No such configuration property: "nope"\n' : undefined),
};
const entries = { ...kafkaEntries(rules), NAME: text(), COUNT: integer(1, 10, 5) };

function problemsOf(env: Environment): readonly string[] {
  try {
    readSettings(entries, env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('settings', () => {
  it('names every mistake at once, each with its variable', () => {
    const problems = problemsOf({
      COUNT: '11',
      KAFKA_BROKERS: 'nowhere',
      KAFKA_TOPIC: 'a b',
      KAFKA_CONFIG: '[',
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'KAFKA_BROKERS',
      'KAFKA_TOPIC',
      'KAFKA_CONFIG',
      'NAME',
      'COUNT',
    ]);
  });

  it('takes a variable that is set but empty as not set', () => {
    expect(readSettings(entries, { NAME: 'x', COUNT: '' }).COUNT).toBe(5);
  });

  it('asks for contradictions only once each setting is right by itself', () => {
    const contradictions = () => ['NAME: contradicts COUNT'];
    expect(() => readSettings(entries, { NAME: 'x' }, contradictions)).toThrow('NAME: contradicts COUNT');
    expect(() => readSettings(entries, { COUNT: '0', NAME: 'x' }, contradictions)).toThrow('COUNT');
  });

  it.each(['1.5', '0x5', ' 5', '1e1', '0', '11', '-3'])(
    'refuses %j as a whole number from 1 to 10',
    (COUNT) => {
      expect(problemsOf({ NAME: 'x', COUNT })).toHaveLength(1);
    },
  );

  it('takes several brokers, with spaces around the commas', () => {
    const { KAFKA_BROKERS } = readSettings(entries, { NAME: 'x', KAFKA_BROKERS: 'a:1 , [::1]:2' });
    expect(KAFKA_BROKERS).toBe('a:1,[::1]:2');
  });
});

describe('librdkafka properties', () => {
  it('are refused at once, each one that is unknown and each one that the role owns', () => {
    const KAFKA_CONFIG = '{"nope":1,"acks":0,"ssl.ca.location":"/x"}';
    expect(problemsOf({ NAME: 'x', KAFKA_CONFIG })).toEqual([
      'KAFKA_CONFIG: No such configuration property: "nope"',
      'KAFKA_CONFIG: "acks" is not yours to set: always all',
    ]);
  });

  it('are not taken for owned because every object inherits their name', () => {
    expect(problemsOf({ NAME: 'x', KAFKA_CONFIG: '{"constructor":1}' })).toEqual([]);
  });

  it('are masked where they carry a secret', () => {
    const config = { 'sasl.password': 'p', 'ssl.key.pem': 'k', 'sasl.username': 'u' };
    expect(maskSecrets(config)).toEqual({
      'sasl.password': '***',
      'ssl.key.pem': '***',
      'sasl.username': 'u',
    });
  });
});
