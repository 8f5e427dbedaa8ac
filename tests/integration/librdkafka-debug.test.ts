import { describe, expect, inject, it } from 'vitest';
import { sinkUrl } from '../support/hdfs/transport.ts';
import { createTopic } from '../support/kafka/topic.ts';
import { runRole, startRole } from '../support/process/role-process.ts';
import { until } from '../support/until.ts';

const brokers = inject('kafkaBrokers');
const DEBUG = { KAFKA_CONFIG: '{"debug":"broker"}' };

const settingsOf = (topic: string) => ({
  KAFKA_BROKERS: brokers,
  KAFKA_TOPIC: topic,
  KAFKA_GROUP: topic,
  HDFS_URL: sinkUrl(),
  ...DEBUG,
});

describe("librdkafka's debug lines, where KAFKA_CONFIG asks for them", () => {
  it.each(['producer', 'sink'] as const)('are in the log of the %s at level debug', async (role) => {
    const running = await startRole(role, { ...settingsOf(await createTopic(brokers)), LOG_LEVEL: 'debug' });
    try {
      const lines = () => running.logs().match(/"level":20,.*"librdkafka":/) !== null;
      await until(lines, { what: 'a debug line of librdkafka' });
    } finally {
      await running.stop();
    }
  });

  it.each(['producer', 'sink'] as const)(
    'come with --check of the %s, which still judges right',
    async (role) => {
      const { output, code } = await runRole(role, settingsOf(await createTopic(brokers)), {
        args: ['--check'],
      });
      expect(output).toMatch(/^(STATE|BRKMAIN|CONNECT|APIVERSION|FEATURE): /m);
      expect(output).toContain(`${role} could work`);
      expect(code).toBe(0);
    },
  );

  it('are no cause of a failed connection', async () => {
    const env = { ...settingsOf('nowhere'), KAFKA_BROKERS: '127.0.0.1:1' };
    const { output, code } = await runRole('sink', env, { args: ['--check'] });
    expect(output).toMatch(/^FAIL brokers .*did not answer/m);
    const advice = output.match(/^ {17}.*$/gm)?.join('\n');
    expect(advice).toMatch(/Connect to .* failed/);
    expect(advice).not.toMatch(/Broker changed state|CONNECT/);
    expect(code).toBe(1);
  });
});
