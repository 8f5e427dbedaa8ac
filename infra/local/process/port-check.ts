import { isFree } from './free-port.ts';

export interface WantedPort {
  readonly port: number;
  /** The server that is going to listen there. */
  readonly server: string;
  /** The environment variable that sets another port, where there is one. */
  readonly variable?: string;
}

/** Some needed ports are in use. The message names each of them and the variable that moves it. */
export class PortsTakenError extends Error {
  override readonly name = 'PortsTakenError';
  readonly taken: readonly WantedPort[];

  constructor(taken: readonly WantedPort[]) {
    const lines = taken.map(({ port, server, variable }) => {
      const advice = variable === undefined ? '' : `: ${variable}=<another port> moves it`;
      return `  127.0.0.1:${port} (${server})${advice}`;
    });
    super(`Ports are in use already. Is another npm start running?\n${lines.join('\n')}`);
    this.taken = taken;
  }
}

/** @throws {PortsTakenError} naming every port that is in use */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<void> {
  const free = await Promise.all(wanted.map(({ port }) => isFree(port)));
  const taken = wanted.filter((_, index) => free[index] === false);
  if (taken.length > 0) throw new PortsTakenError(taken);
}
