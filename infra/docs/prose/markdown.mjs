/** @typedef {import('./paragraphs.mjs').Paragraph} Paragraph */

/** @typedef {{ line: number, lines: string[], isHeading: boolean }} Block */

/**
 * @typedef {object} Markdown
 * @property {Block[]} prose paragraphs, lists and headings, as they stand
 * @property {Paragraph[]} cells of tables
 * @property {{ line: number, text: string }[]} wrapped every line that has to keep to the width
 * @property {number[]} bareFences where fenced code without a language begins
 */

const FENCE = /^\s*(`{3,}|~{3,})\s*(\S*)/;
const TABLE_ROW = /^\s*\|/;
const TABLE_RULE = /^\s*\|[\s:|-]+$/;
/** Headings and quotes are prose behind their marks. */
const MARK = /^\s{0,3}(?:#{1,6}\s+|>\s?(?:\[!\w+\]\s*$)?)/;
const ENDS_BLOCK = /^\s*(?:#{1,6}\s|<|$)/;

/**
 * @param {string} source
 * @returns {Markdown}
 */
export function readMarkdown(source) {
  /** @type {Markdown} */
  const read = { prose: [], cells: [], wrapped: [], bareFences: [] };
  let fence = '';
  for (const [index, text] of withoutComments(source).split('\n').entries()) {
    const line = index + 1;
    const [, marks, language] = FENCE.exec(text) ?? [];
    if (fence !== '') {
      if (marks?.startsWith(fence) && language === '') fence = '';
    } else if (marks !== undefined) {
      fence = marks;
      if (language === '') read.bareFences.push(line);
    } else if (TABLE_ROW.test(text)) {
      if (!TABLE_RULE.test(text)) read.cells.push(...cellsOf(text, line));
    } else {
      read.wrapped.push({ line, text });
      addProse(read, line, text);
    }
  }
  return read;
}

/**
 * @param {Markdown} read
 * @param {number} line
 * @param {string} text
 */
function addProse({ prose }, line, text) {
  if (/^\s*(?:<|$)/.test(text)) return;
  const said = text.replace(MARK, '');
  const last = prose.at(-1);
  const goesOn = last && last.line + last.lines.length === line && !ENDS_BLOCK.test(text);
  if (goesOn && !last.isHeading) last.lines.push(said);
  else prose.push({ line, lines: [said], isHeading: /^\s{0,3}#/.test(text) });
}

/**
 * @param {string} row
 * @param {number} line
 */
function cellsOf(row, line) {
  const cells = row
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/);
  return cells.map((text) => ({ line, text }));
}

/** Blanked, so that the lines keep their numbers. @param {string} source */
function withoutComments(source) {
  return source.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ''));
}
