/**
 * What JSON.parse drops of a body without a word: the problems by the event in a list, from 0. The
 * event is 0 where the body is one event.
 */
export type Losses = ReadonlyMap<number, readonly string[]>;

/** A list or an object whose end has not come yet. */
interface Open {
  /** How often each name was given; undefined in a list. */
  readonly names: Map<string, number> | undefined;
  /** The name whose value is being read, or the index of the item. */
  at: string | number;
}

/** More of one event are not told to the client. One is enough to refuse the event. */
const MAX_LOSSES = 100;
const SHOWN_DIGITS = 60;
/** A token of JSON: a text, a number, or a mark. Words and white space are passed over. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]/gs;

/**
 * Finds what JSON.parse would drop. Of a name that is given twice only the last value would stay.
 * Of a number that no double holds only the nearest double would stay.
 *
 * @param text valid JSON
 */
export function lossesOf(text: string): Losses {
  const losses = new Map<number, string[]>();
  const open: Open[] = [];
  const lose = (says: string) => {
    const event = eventOf(open);
    const ofEvent = losses.get(event) ?? [];
    if (ofEvent.length < MAX_LOSSES) losses.set(event, [...ofEvent, `${pathOf(open)} ${says}`]);
  };
  let name = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const inner = open.at(-1);
    if (token === '{') open.push({ names: new Map(), at: '' });
    else if (token === '[') open.push({ names: undefined, at: 0 });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',') next(inner);
    else if (token === ':') enter(inner, name, lose);
    else if (token.startsWith('"')) name = token;
    else if (!isExact(token)) lose(inexact(token));
  }
  return losses;
}

function next(inner: Open | undefined): void {
  if (typeof inner?.at === 'number') inner.at += 1;
}

/** Only names come before a colon. */
function enter(inner: Open | undefined, name: string, lose: (says: string) => void): void {
  if (!inner?.names) return;
  // One name may be written in several ways, with escapes and without.
  const read: string = JSON.parse(name);
  const times = (inner.names.get(read) ?? 0) + 1;
  inner.at = read;
  inner.names.set(read, times);
  if (times === 2) lose('is given more than once');
}

const isList = (level: Open | undefined): boolean => level !== undefined && level.names === undefined;

function eventOf([outermost]: readonly Open[]): number {
  return isList(outermost) ? Number(outermost?.at) : 0;
}

/** The path within the event, such as `properties.page`. */
function pathOf(open: readonly Open[]): string {
  const levels = isList(open[0]) ? open.slice(1) : open;
  const path = levels.map(({ at }) => at).join('.');
  return path === '' ? 'the event' : path.slice(0, 80);
}

const inexact = (number: string): string =>
  `is ${number.slice(0, SHOWN_DIGITS)}, which no double holds; send it as a text`;

/** Whether the nearest double is the very number. */
function isExact(number: string): boolean {
  return decimalOf(number) === decimalOf(String(Number(number)));
}

/** The digits and the exponent of a number, the same for each way to write it. */
function decimalOf(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${power}`;
}
