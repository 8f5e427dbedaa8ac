export type { Outcome, Pending, Settled } from './event/outcome.ts';
export { createTracker, type TrackedEvent, type Tracker, type TrackerOptions } from './tracker/tracker.ts';
