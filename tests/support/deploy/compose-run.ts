import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../infra/local/process/free-port.ts';
import { NodeProcess } from '../../../infra/local/process/node-process.ts';
import { root } from '../../../infra/local/process/root.ts';
import { type ComposeService, composeService } from './compose-file.ts';
import { COMPOSE_FOLDER, readImage } from './image.ts';

const PORTS = ['9092', '9093', '8020', '9870', '9866', '9864', '9867', '8080', '9080', '8081'];
const READY_WITHIN_MS = 90_000;
const LOOK_WITHIN_MS = 10_000;

/** The commands that run in place of the programs on an image's PATH. */
const PROGRAMS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  node: [process.execPath],
  kafka: ['sh', join(COMPOSE_FOLDER, 'kafka.sh')],
  'kafka-answers': ['bash', join(COMPOSE_FOLDER, 'kafka-answers.sh')],
  hdfs: ['sh', join(COMPOSE_FOLDER, 'hdfs.sh')],
};

/**
 * The services of the compose file as processes of this machine. Each process runs the command of
 * its image with the environment that the image and the service give it. Every host becomes
 * 127.0.0.1, every port a free port. A folder takes the place of the container's files and volumes.
 */
export class ComposeRun {
  readonly #folder: string;
  readonly #ports: ReadonlyMap<string, number>;

  private constructor(folder: string, ports: ReadonlyMap<string, number>) {
    this.#folder = folder;
    this.#ports = ports;
  }

  static async prepare(folder: string): Promise<ComposeRun> {
    const ports = await Promise.all(PORTS.map(async (port) => [port, await freePort()] as const));
    for (const daemon of ['hdfs', 'datanode']) {
      mkdirSync(join(folder, 'pages/webapps', daemon), { recursive: true });
    }
    return new ComposeRun(folder, new Map(ports));
  }

  /** The address on this machine of the server that listens on `port` in its container. */
  url(port: number): string {
    return `http://127.0.0.1:${this.#ports.get(String(port))}`;
  }

  /** The process of a service. It is ready once the service's health check succeeds. */
  service(name: string, more: readonly string[] = []): NodeProcess {
    const service = composeService(name);
    const { entrypoint } = imageOf(service);
    const [command, ...args] = this.#commandLine([...entrypoint, ...(service.command ?? []), ...more], name);
    return new NodeProcess({
      name,
      command,
      args,
      env: this.#environment(name),
      logFile: join(this.#folder, `${name}.log`),
      ready: () => this.#isHealthy(name),
      readyWithinMs: READY_WITHIN_MS,
      graceMs: 1_000 * Number.parseInt(service.stop_grace_period ?? '10s', 10),
    });
  }

  /** What the entry point of a service prints for a command. @throws where it fails */
  async output(name: string, command = composeService(name).command ?? []): Promise<string> {
    const { entrypoint } = imageOf(composeService(name));
    return this.#run(name, [...entrypoint, ...command], READY_WITHIN_MS);
  }

  async #isHealthy(name: string): Promise<boolean> {
    const [kind, ...test] = composeService(name).healthcheck?.test ?? [];
    await this.#run(name, kind === 'CMD-SHELL' ? ['sh', '-c', ...test] : test, LOOK_WITHIN_MS);
    return true;
  }

  async #run(name: string, given: readonly string[], timeout: number): Promise<string> {
    const [command, ...args] = this.#commandLine(given, name);
    const options = { env: this.#environment(name), timeout };
    const { stdout } = await promisify(execFile)(command, args, options);
    return stdout;
  }

  /** The container's files lie in a folder with the name of the service. */
  #commandLine([program = '', ...args]: readonly string[], name: string): [string, ...string[]] {
    const [command, ...before] = PROGRAMS[program] ?? [program];
    // Without an argument `kafka-answers` asks the port of the container.
    const last = program === 'kafka-answers' ? ['9092'] : args;
    const local = last.map((arg) => (/\.m?js$/.test(arg) ? join(this.#laid(name), arg) : this.#local(arg)));
    return [command, ...before, ...local];
  }

  #laid(name: string): string {
    const folder = join(this.#folder, 'files', name);
    if (mkdirSync(folder, { recursive: true })) imageOf(composeService(name)).layInto(folder);
    return folder;
  }

  #environment(name: string): Record<string, string | undefined> {
    const service = composeService(name);
    const all = Object.entries({ ...imageOf(service).environment, ...service.environment });
    const local = all.map(([key, value]) => [key, this.#place(service, value) ?? this.#local(value)]);
    // Only the user who runs the NameNode may write.
    const user = service.environment?.['HDFS_USER'] === undefined ? {} : { HDFS_USER: userInfo().username };
    return { PATH: process.env['PATH'], HOME: process.env['HOME'], ...Object.fromEntries(local), ...user };
  }

  /** The path on this machine for a path of the container. */
  #place({ volumes = [] }: ComposeService, path: string): string | undefined {
    if (path === '/opt/pages') return join(this.#folder, 'pages');
    if (path.startsWith('/opt/')) return join(root, '.cache/jars', path.slice('/opt/'.length));
    const mount = volumes.map((volume) => volume.split(':')).find(([, to]) => to === path);
    if (mount?.[0] === undefined) return undefined;
    return mount[0].startsWith('.') ? join(COMPOSE_FOLDER, mount[0]) : join(this.#folder, mount[0]);
  }

  #local(text: string): string {
    return text
      .replaceAll(/\b(?:kafka|namenode|datanode|0\.0\.0\.0|127\.0\.0\.1)(?=:\d)/g, '127.0.0.1')
      .replaceAll(/^0\.0\.0\.0$|(?<=hostname=)datanode$|(?<=bind-host=)0\.0\.0\.0$/g, '127.0.0.1')
      .replaceAll(/(?<=^|:)\d{4}\b/g, (port) => String(this.#ports.get(port) ?? port));
  }
}

function imageOf({ build }: ComposeService) {
  return readImage(build.target, build.dockerfile.slice('infra/compose/'.length));
}
