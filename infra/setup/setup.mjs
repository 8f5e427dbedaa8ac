import { join } from 'node:path';
import { canInstall, choose, install } from './host/apt.mjs';
import { CommandError, stopCommands } from './host/command.mjs';
import { takeLock } from './host/lock.mjs';
import { chromium, java, koreanGlyphs, missingMessage, missingOf, systemd } from './host/prerequisites.mjs';
import { root } from './host/root.mjs';
import { say } from './host/say.mjs';
import { archivesStep } from './steps/archives-step.mjs';
import { buildStep } from './steps/build-step.mjs';
import { jarsStep, testJarsStep } from './steps/jars-step.mjs';
import { packagesStep } from './steps/packages-step.mjs';
import { isDue, perform } from './steps/step.mjs';

/**
 * `npm run setup`, which `npm start` and `npm test` run first. It installs, names or builds
 * whatever is missing. Where nothing changed it only looks, which takes a moment.
 *
 * - `--for-tests`: everything that `npm test` needs beyond `npm start`.
 * - `--for-unit-tests`: the packages and the build alone.
 * - `--for-screenshots`: everything that `npm run screenshots` needs beyond `npm start`.
 */
const OLDEST_NODE = '20.3';
const UNREACHABLE =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|Could not transfer|Unknown host|Temporary failure/;
const scope = scopeOf(process.argv);
/** The build needs the packages. */
const STEPS = [packagesStep, ...scope.jarSteps, buildStep];

const dueSteps = () => STEPS.filter(isDue);
const missingNow = () =>
  missingOf([...new Set([...scope.needs, ...dueSteps().flatMap((step) => step.needs)])]);

/**
 * What a run wants of the system and of the jars.
 *
 * @param {readonly string[]} args
 */
function scopeOf(args) {
  if (args.includes('--for-unit-tests')) return { needs: [], jarSteps: [] };
  if (args.includes('--for-tests')) {
    const jarSteps = [jarsStep, testJarsStep, archivesStep];
    return { needs: [java, chromium, systemd], jarSteps };
  }
  const glyphs = args.includes('--for-screenshots') ? [chromium, ...koreanGlyphs] : [];
  return { needs: [java, ...glyphs], jarSteps: [jarsStep] };
}

async function setUp() {
  if (process.versions.node.localeCompare(OLDEST_NODE, 'en', { numeric: true }) < 0) {
    throw new Error(`Node ${OLDEST_NODE} or newer is needed; this is ${process.versions.node}.`);
  }
  if (dueSteps().length === 0 && (await missingNow()).length === 0) return;
  const release = await takeLock(join(root, '.cache/setup.lock'));
  process.once('exit', release);
  await provide();
  await performDue();
}

async function provide() {
  const missing = await missingNow();
  if (missing.length === 0) return;
  const alternatives = missing.map(({ prerequisite }) => prerequisite.debian);
  if (!canInstall()) throw new Error(missingMessage(missing, await choose(alternatives)));
  await install(alternatives);
  const still = await missingNow();
  if (still.length > 0) {
    throw new Error(
      missingMessage(still, await choose(still.map(({ prerequisite }) => prerequisite.debian))),
    );
  }
}

/**
 * The jars come over the network while npm and the compiler keep a processor busy. The steps of the
 * jars take turns: the Mavens share a repository, and the archives need the jars.
 */
async function performDue() {
  await Promise.all([performInTurn([packagesStep]), performInTurn(scope.jarSteps)]);
  await performInTurn([buildStep]);
}

/** @param {readonly import('./steps/step.mjs').Step[]} steps */
async function performInTurn(steps) {
  for (const step of steps) if (isDue(step)) await perform(step);
}

/** @param {unknown} error */
function explain(error) {
  if (!(error instanceof Error)) return String(error);
  const unreachable = error instanceof CommandError && UNREACHABLE.test(error.output);
  return unreachable
    ? `${error.message}\nIt looks as if the network, or a registry, could not be reached.`
    : error.message;
}

/** @param {unknown} error */
function fail(error) {
  stopCommands();
  console.error(`setup: ${explain(error)}`);
  process.exit(1);
}

for (const [signal, number] of /** @type {const} */ ([
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
])) {
  process.once(signal, () => {
    say(`${signal}: stopping; what was not finished is done again next time`);
    stopCommands();
    process.exit(128 + number);
  });
}
await setUp().catch(fail);
