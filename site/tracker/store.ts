/**
 * Keeps texts for as long as the page exists, where the browser denies `localStorage` or it is
 * full.
 */
const memory: Record<string, string> = {};
let disk: Record<string, string> = {};
try {
  disk = localStorage ?? disk;
} catch {
  // The browser denies it, as in a sandboxed frame.
}

/** The keys that begin so, in their order, each with its text. */
export const entriesOf = (prefix: string): [key: string, text: string][] =>
  Object.entries({ ...disk, ...memory })
    .filter(([key]) => key.startsWith(prefix))
    .sort();

export const read = (key: string): string | undefined => memory[key] ?? disk[key];

/** Keeps a text beyond the page, for all tabs of the origin. It never throws. */
export function write(key: string, text: string): void {
  try {
    disk[key] = text;
  } catch {
    memory[key] = text;
  }
}

export function remove(key: string): void {
  delete memory[key];
  delete disk[key];
}
