import type { ChildProcess } from 'node:child_process';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The output of a child process, standard error included, and how the process ended. */
export interface FollowedChild {
  logs(): string;
  readonly exit: Promise<Exit>;
}

export function follow(child: ChildProcess): FollowedChild {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { logs: () => Buffer.concat(chunks).toString('utf8'), exit };
}
