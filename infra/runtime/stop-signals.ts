/**
 * Under npm a Ctrl-C comes twice: from the terminal, and from npm. A signal so soon after the first
 * is therefore not a second request to stop.
 */
const SAME_SIGNAL_WITHIN_MS = 1_000;

/** SIGTERM and SIGINT: the first one, and every further one that is not the same one again. */
export function onStopSignals(
  first: (signal: NodeJS.Signals) => void,
  further: (signal: NodeJS.Signals) => void,
): void {
  let sinceMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (sinceMs === undefined) {
      sinceMs = performance.now();
      first(signal);
    } else if (performance.now() - sinceMs >= SAME_SIGNAL_WITHIN_MS) {
      further(signal);
    }
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
