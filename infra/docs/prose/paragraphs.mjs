/**
 * Prose that is counted by itself: a paragraph, an item of a list, a tag of a docstring.
 *
 * @typedef {object} Paragraph
 * @property {number} line of its first line in the file, from 1
 * @property {string} text
 */

/** An item of a list, or a tag of a docstring with its type. */
const ITEM = /^(?:[-*+]|\d+[.)]|@\w+(?:\s+\{[^}]*\})?)\s+/;
const RULE = /^[-=*#~_─]{3,}$/;
/** Deeper than the text around it: an example or a drawing, and no prose. */
const EXAMPLE_INDENT = 3;

/**
 * @param {readonly string[]} lines of a comment or of a Markdown block, without its marks
 * @param {number} firstLine in the file, from 1
 * @returns {Paragraph[]}
 */
export function paragraphsOf(lines, firstLine) {
  /** @type {Paragraph[]} */
  const paragraphs = [];
  /** @type {Paragraph | undefined} */
  let open;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '' || RULE.test(text)) open = undefined;
    else if (open === undefined && indentOf(raw) >= EXAMPLE_INDENT && !ITEM.test(text)) continue;
    else if (open === undefined || ITEM.test(text)) {
      open = { line: firstLine + index, text: text.replace(ITEM, '') };
      paragraphs.push(open);
    } else open.text += `\n${text}`;
  }
  return paragraphs.flatMap(tagsApart);
}

/**
 * A docstring of one line has its tags behind the text.
 *
 * @param {Paragraph} paragraph
 */
function tagsApart({ line, text }) {
  const parts = text.split(/(?<=[.!?)`\p{L}\p{N}])\s+@(?:throws|returns|param)\b/u);
  return parts.map((part) => ({ line, text: part }));
}

/** @param {string} line */
function indentOf(line) {
  return line.length - line.trimStart().length;
}
