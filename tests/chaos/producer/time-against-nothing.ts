import { Agent, get } from 'node:http';

const TIMES = 300;

export interface Timing {
  /** The p99 of a refused event less the p99 of /livez, ms. */
  readonly p99Ms: number;
  readonly slowestMs: number;
}

/**
 * Measures how long the producer takes to refuse an event. It asks for /livez in turn, and
 * subtracts the time of that answer, which does no work.
 */
export async function timeAgainstNothing(url: string): Promise<Timing> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const refused: number[] = [];
  const nothing: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    nothing.push(await timeOf(`${url}/livez`, agent));
    refused.push(await timeOf(`${url}/api/select?service=timed&user=nobody`, agent));
  }
  agent.destroy();
  return { p99Ms: p99(refused) - p99(nothing), slowestMs: Math.max(...refused) };
}

function timeOf(url: string, agent: Agent): Promise<number> {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent }, (response) => {
      response.once('end', () => resolve(performance.now() - startMs));
      response.resume();
    });
    asked.once('error', reject);
  });
}

function p99(times: number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
}
