import { createTracker } from './tracker/tracker.ts';

declare global {
  /** What a classic script has of this, having no imports. */
  var webEvents: { readonly createTracker: typeof createTracker };
}

globalThis.webEvents = { createTracker };
