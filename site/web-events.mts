export type { Outcome, Pending, Settled } from './tracker/outcome.ts';
export { createTracker, type TrackedEvent, type Tracker, type TrackerOptions } from './tracker/tracker.ts';
