/** Where the browser denies `localStorage` as a whole, or has no room left, a text is kept for as long as the page is. */
const memory: Record<string, string> = {};
const disk = granted();

function granted(): Record<string, string> {
  try {
    return localStorage ?? {};
  } catch {
    return {};
  }
}

export const keysOf = (prefix: string): string[] =>
  Object.keys({ ...disk, ...memory })
    .filter((key) => key.startsWith(prefix))
    .sort();

export const read = (key: string): string | undefined => memory[key] ?? disk[key];

/** Keeps a text beyond the page, for all tabs of the origin. Never throws. */
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
