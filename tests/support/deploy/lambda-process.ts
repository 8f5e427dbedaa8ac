import { fork } from 'node:child_process';
import { on } from 'node:events';
import { join } from 'node:path';
import { root } from '../../../infra/local/process/root.ts';
import type { Problem, Receipt } from '../../../producer/contract/answer.ts';
import { type Exit, follow } from '../process/followed-child.ts';
import type { Variables } from '../process/role-process.ts';
import { type LambdaResult, lambdaEvent, responseOf } from './lambda-event.ts';
import type { Invocation } from './lambda-runtime.ts';

export interface LambdaAnswer {
  readonly status: number;
  readonly body: Partial<Receipt & Problem>;
  readonly tookMs: number;
}

/** A container of the function: a child process that a test can freeze between calls. */
export interface LambdaProcess {
  /** Lambda makes one call at a time, and so must a test. */
  invoke(request: Request, timeoutMs: number): Promise<LambdaAnswer>;
  /** Resolves once the handler has done everything that it can do without waiting. */
  beginInvoke(request: Request, timeoutMs: number): Promise<{ readonly answer: Promise<LambdaAnswer> }>;
  freeze(): void;
  thaw(): void;
  logs(): string;
  exited(): Promise<Exit>;
  stop(): Promise<Exit>;
}

export const BUILT_HANDLER = join(root, 'dist/producer/functions/lambda.js');
const RUNTIME = join(root, 'dist/tests/support/deploy/lambda-runtime.js');

/**
 * Starts a container. `invoke` rejects and `exited` resolves where its handler cannot be loaded.
 */
export function startLambda(env: Variables, handlerFile = BUILT_HANDLER): LambdaProcess {
  const child = fork(RUNTIME, [handlerFile], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const { logs, exit } = follow(child);
  const ended = exit.then(({ code, signal }): never => {
    throw new Error(`the container ended with ${code ?? signal}:\n${logs()}`);
  });
  ended.catch(() => {});
  const messages = on(child, 'message');
  const next = async <T>() => (await Promise.race([messages.next(), ended])).value[0] as T;
  const loaded = next();
  loaded.catch(() => {});
  const beginInvoke = async (request: Request, timeoutMs: number) => {
    await loaded;
    const start = performance.now();
    const event = await lambdaEvent('function URL', request, '198.51.100.1');
    child.send({ event, timeoutMs } satisfies Invocation);
    await next<'called'>();
    return { answer: next<LambdaResult>().then((result) => answerOf(result, start)) };
  };
  return {
    beginInvoke,
    invoke: async (...given) => (await beginInvoke(...given)).answer,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    logs,
    exited: () => exit,
    stop: () => {
      child.kill('SIGTERM');
      child.kill('SIGCONT');
      return exit;
    },
  };
}

async function answerOf(result: LambdaResult, startedMs: number): Promise<LambdaAnswer> {
  const response = responseOf(result);
  return { status: response.status, body: await response.json(), tookMs: performance.now() - startedMs };
}
