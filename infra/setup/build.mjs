import { buildStep } from './steps/build-step.mjs';
import { perform } from './steps/step.mjs';

/** `npm run build`: builds, whether something changed or not. */
try {
  await perform(buildStep);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
