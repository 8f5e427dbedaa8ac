/** The columns that the sink adds to a line. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'kafka_partition',
  'kafka_offset',
  'kafka_rejected',
  'kafka_value',
]);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Why a reader could misread the object, or refuse the whole file because of it; undefined where no
 * reader does. Hive and Spark do not tell the case of names apart. DuckDB refuses a file where an
 * object has a name twice, where inner names differ only by case, or where a text is not Unicode.
 *
 * @param object what `JSON.parse` made of `json`
 */
export function ambiguityIn(object: object, json: Buffer): string | undefined {
  const own = Object.keys(object)
    .find((name) => OWN_NAMES.has(name.toLowerCase()))
    ?.toLowerCase();
  if (own !== undefined) return `has a property named ${own}, apart from case`;
  const mayBreakUnicode = json.includes('\\u');
  let names = 0;
  // A list and no recursion: a value may be nested deeper than the stack is.
  const waiting: object[] = [object];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const keys = Array.isArray(next) ? [] : Object.keys(next);
    names += keys.length;
    if (haveTwins(next, keys)) return 'has names that differ only by case';
    for (const value of Object.values(next) as unknown[]) {
      if (typeof value === 'object' && value !== null) waiting.push(value);
      else if (mayBreakUnicode && isBroken(value)) return 'has half a surrogate pair';
    }
    if (mayBreakUnicode && keys.some(isBroken)) return 'has half a surrogate pair';
  }
  return names === countNames(json) ? undefined : 'has a name twice';
}

/** Of two twins, one at least is not in lower case. So a name in lower case costs one look. */
function haveTwins(object: object, names: readonly string[]): boolean {
  let lowered: Set<string> | undefined;
  for (const name of names) {
    const lower = name.toLowerCase();
    if (lower === name) continue;
    lowered ??= new Set();
    if (Object.hasOwn(object, lower) || lowered.has(lower)) return true;
    lowered.add(lower);
  }
  return false;
}

const isBroken = (value: unknown): boolean => typeof value === 'string' && /\p{Surrogate}/u.test(value);

/** The names in a valid JSON text. `JSON.parse` keeps one of several equal names only. */
function countNames(json: Buffer): number {
  let names = 0;
  for (let at = 0; at < json.length; at += 1) {
    if (json[at] === COLON) names += 1;
    if (json[at] === QUOTE) at = endOfText(json, at + 1);
  }
  return names;
}

/** The place of the quote that ends a text. */
function endOfText(json: Buffer, from: number): number {
  let at = from;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
