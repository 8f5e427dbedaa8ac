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
 * `npm run setup`, and what `npm start` and `npm test` do first: whatever is missing is installed, named or built. Where
 * nothing changed it only looks, which takes a moment. `--for-tests`: what only tests need, too.
 */
const OLDEST_NODE = '20.3';
const UNREACHABLE =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|Could not transfer|Unknown host|Temporary failure/;
/** `--for-screenshots`: what `npm run screenshots` needs besides. */
const forScreenshots = process.argv.includes('--for-screenshots');
const forTests = process.argv.includes('--for-tests');
/**
 * The jars come over the network while the packages keep the processor busy; one Maven after the other, for they share a
 * repository.
 */
const TRACKS = [[packagesStep], forTests ? [jarsStep, testJarsStep, archivesStep] : [jarsStep]];
/** The build needs the packages. */
const STEPS = [...TRACKS.flat(), buildStep];

const dueSteps = () => STEPS.filter(isDue);
const missingNow = () => {
  const always = [
    java,
    ...(forTests ? [chromium, systemd] : []),
    ...(forScreenshots ? [chromium, ...koreanGlyphs] : []),
  ];
  return missingOf([...new Set([...always, ...dueSteps().flatMap((step) => step.needs)])]);
};

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

async function performDue() {
  await Promise.all(TRACKS.map(performInTurn));
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
