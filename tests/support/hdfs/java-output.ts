import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type JavaProgram, javaCommandLine } from '../../../infra/local/process/java.ts';

const run = promisify(execFile);
const WITHIN_MS = 60_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** What a short Java program prints. @throws with its output where it fails or takes a minute */
export async function javaOutput(program: JavaProgram): Promise<Buffer> {
  const { command, args } = javaCommandLine(program);
  const { stdout } = await run(command, args, {
    encoding: 'buffer',
    timeout: WITHIN_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_BYTES,
  });
  return stdout;
}
