import { RetryBudget } from '../retry-budget.ts';
import { type RoundOutcome, type TrialFailure, TrialRound, type TrialRoundOptions } from './trial-round.ts';

/** How the life of a claim went in a scratch folder. */
export interface Trial extends RoundOutcome {
  /** The failures of earlier rounds, after each of which the trial began again. */
  readonly passed: readonly TrialFailure[];
}

const ALL_WITHIN_MS = 90_000;

/**
 * Tries the sink's requests in a scratch folder. After a failure that may pass, the trial begins
 * again in a fresh folder. The sink claims anew in the same case, and for the same reason it is
 * safe.
 */
export async function tryOut({
  folder: scratch,
  ...options
}: Omit<TrialRoundOptions, 'deadlineMs'>): Promise<Trial> {
  const deadlineMs = performance.now() + ALL_WITHIN_MS;
  const budget = new RetryBudget();
  const passed: TrialFailure[] = [];
  for (let round = 1; ; round++) {
    const folder = `${scratch}/${round}`;
    const outcome = await new TrialRound({ ...options, folder, deadlineMs }).run();
    const { failure } = outcome;
    if (!failure || performance.now() > deadlineMs || !(await budget.pauseForRetry(failure.error))) {
      return { ...outcome, passed };
    }
    passed.push(failure);
  }
}
