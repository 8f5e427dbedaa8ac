import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { root } from '../../../infra/local/process/root.ts';
import { startLambda } from '../../support/deploy/lambda-process.ts';
import { LAMBDA_FOLDER } from '../../support/deploy/lambda-template.ts';
import { createTopic, readTopic } from '../../support/kafka/topic.ts';

describe('what npm run build:lambda makes', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'web-events-lambda-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('stores an event from wherever it is copied to, with nothing of the repository near', async () => {
    const built = join(folder, 'built');
    execFileSync(process.execPath, [join(root, 'infra/lambda/build.mjs'), built]);
    const task = join(folder, 'task');
    await cp(built, task, { recursive: true });
    await rm(built, { recursive: true });

    const topic = await createTopic(inject('kafkaBrokers'));
    const env = { KAFKA_BROKERS: inject('kafkaBrokers'), KAFKA_TOPIC: topic };
    const container = startLambda(env, join(task, handlerFile(task)));
    const request = new Request('https://collector.example/api/select?service=blue&user=hong');
    const { status, body } = await container.invoke(request, 15_000);
    expect({ status, exit: await container.stop() }, container.logs()).toEqual({
      status: 200,
      exit: { code: 0, signal: null },
    });
    const [record] = await readTopic(inject('kafkaBrokers'), topic);
    expect(record).toMatchObject({ key: 'hong', partition: body.partition, offset: body.offset });
  });
});

/**
 * The file in the task's folder that the command of the image names. The name ends with its export.
 */
function handlerFile(task: string): string {
  const command =
    /^CMD \["(.+)"\]$/m.exec(readFileSync(join(LAMBDA_FOLDER, 'Dockerfile'), 'utf8'))?.[1] ?? '';
  expect(command).toMatch(/\.handler$/);
  const file = `${command.slice(0, -'.handler'.length)}.js`;
  expect(readdirSync(task)).toContain(file);
  return file;
}
