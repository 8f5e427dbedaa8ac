import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { root } from '../../../infra/local/process/root.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const FOLDER = '.github/workflows';
const WORKFLOWS = readdirSync(join(root, FOLDER)).map((name) => `${FOLDER}/${name}`);
const YAML_FILES = [
  ...WORKFLOWS,
  '.github/dependabot.yml',
  ...readdirSync(join(root, '.github/ISSUE_TEMPLATE')).map((name) => `.github/ISSUE_TEMPLATE/${name}`),
];
const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));

test.each(YAML_FILES)('%s is YAML without an error or a warning', (path) => {
  const { errors, warnings } = parseDocument(read(path));
  expect([...errors, ...warnings]).toEqual([]);
});

describe.each(WORKFLOWS)('%s', (path) => {
  const text = read(path);
  const { permissions, concurrency, jobs }: Workflow = parse(text);
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

  test('runs only scripts that package.json has', () => {
    const names = commands.flatMap((run) =>
      [...run.matchAll(/\bnpm (?:run )?([\w:-]+)/g)].map(([, name = '']) => name),
    );
    expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('names only files that exist', () => {
    const files = [...text.matchAll(/(?<![\w/])(?:\.ci|infra)\/[\w./-]+/g)].map(([file]) => file);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test('pins each action to a full version', () => {
    const actions = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });

  test('may do no more than read unless a job says so, and ends in time', () => {
    expect(permissions).toEqual({ contents: 'read' });
    expect(concurrency).toBeDefined();
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });
});

test('CI runs on the oldest Node that the package supports', () => {
  const { engines } = JSON.parse(read('package.json'));
  const oldest = engines.node.replace('>=', '');
  expect(read(`${FOLDER}/ci.yml`)).toContain(`container: node:${oldest}-`);
});
