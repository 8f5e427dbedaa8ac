import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type Copy,
  DockerfileParser,
  type Entrypoint,
  type Env,
  type From,
  type Instruction,
} from 'dockerfile-ast';
import { root } from '../../../infra/local/process/root.ts';

export const COMPOSE_FOLDER = join(root, 'infra/compose');
/** The folder of the repository in the build stage. */
const BUILT = '/opt/web-events/';

/** What an image would contain, read from its Dockerfile. */
export interface Image {
  readonly environment: Readonly<Record<string, string>>;
  /** Each port of `EXPOSE`. */
  readonly ports: readonly number[];
  readonly entrypoint: readonly string[];
  /** The command line of `HEALTHCHECK`, for a shell. */
  readonly healthCheck: string | undefined;
  /**
   * Copies the files of the image from this clone into a folder, which stands for the working
   * directory of the image.
   */
  layInto(folder: string): void;
}

/** A target of a Dockerfile in `infra/compose` with all stages below it. */
export function readImage(target: string, file = 'Dockerfile'): Image {
  const text = readFileSync(join(COMPOSE_FOLDER, file), 'utf8');
  const instructions = stages(DockerfileParser.parse(text).getInstructions(), target);
  const of = (keyword: string) => instructions.filter((one) => one.getKeyword() === keyword);
  const last = (keyword: string) => of(keyword).at(-1);
  const environment = (of('ENV') as Env[]).flatMap((env) =>
    env.getProperties().map((property) => [property.getName(), property.getValue() ?? '']),
  );
  return {
    environment: Object.fromEntries(environment),
    ports: of('EXPOSE').flatMap((one) => one.getArguments().map((port) => Number(port.getValue()))),
    entrypoint: (last('ENTRYPOINT') as Entrypoint)
      .getJSONStrings()
      .map((text) => JSON.parse(text.getValue())),
    healthCheck: /CMD (.*)$/s.exec(last('HEALTHCHECK')?.getRawArgumentsContent() ?? '')?.[1],
    layInto: (folder) => {
      for (const copy of of('COPY') as Copy[]) lay(copy, folder);
    },
  };
}

function stages(all: readonly Instruction[], target: string | null): Instruction[] {
  const from = all.findIndex(
    (one) => one.getKeyword() === 'FROM' && (one as From).getBuildStage() === target,
  );
  if (from < 0) return [];
  const length = all.slice(from + 1).findIndex((one) => one.getKeyword() === 'FROM');
  const own = all.slice(from, length < 0 ? undefined : from + 1 + length);
  return [...stages(all, (all[from] as From).getImage()), ...own];
}

function lay(copy: Copy, folder: string): void {
  const paths = copy.getArguments().map((argument) => argument.getValue());
  const to = paths.pop() ?? '';
  for (const path of paths) {
    const from = path.startsWith(BUILT) ? path.slice(BUILT.length) : path;
    const place = join(folder, to.endsWith('/') ? join(to, basename(from)) : to);
    if (from === 'node_modules') linkProductionPackages(place);
    else cpSync(join(root, from), place, { recursive: true });
  }
}

/** Links the packages that `npm prune --omit=dev` would leave according to the lock file. */
function linkProductionPackages(place: string): void {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  for (const [path, { dev, devOptional }] of Object.entries(packages)) {
    const isOnTop = path.lastIndexOf('node_modules/') === 0;
    if (!isOnTop || dev || devOptional || !existsSync(join(root, path))) continue;
    const link = join(dirname(place), path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, path), link);
  }
}
