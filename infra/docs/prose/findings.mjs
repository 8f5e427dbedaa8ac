import { commentReader } from './comments.mjs';
import { readMarkdown } from './markdown.mjs';
import { paragraphsOf } from './paragraphs.mjs';
import { plain, sentencesOf, wordsOf } from './words.mjs';

/**
 * @typedef {object} Finding
 * @property {number} line from 1
 * @property {string} reason
 */

const MAX_COLUMNS = 100;
const MAX_WORDS = 25;
const QUOTED_WORDS = 8;

/**
 * What the prose rules say against a file: the comments of a source, the text of Markdown.
 *
 * @param {string} path tells what the file is
 * @param {string} source
 * @returns {Finding[]} by line
 */
export function findingsIn(path, source) {
  try {
    const findings = path.endsWith('.md') ? inMarkdown(source) : inComments(path, source);
    return findings.sort((one, other) => one.line - other.line);
  } catch (error) {
    return [{ line: 1, reason: `cannot be read: ${error instanceof Error ? error.message : error}` }];
  }
}

/** Whether the rules say anything of such a file. @param {string} path */
export function hasProse(path) {
  return path.endsWith('.md') || commentReader(path) !== undefined;
}

/** @param {string} source */
function inMarkdown(source) {
  const { prose, cells, wrapped, bareFences } = readMarkdown(source);
  return [
    ...wrapped.flatMap(({ line, text }) => tooWide(line, text)),
    ...bareFences.map((line) => ({ line, reason: 'fenced code without a language' })),
    ...prose.flatMap(({ line, lines }) => paragraphsOf(lines, line)).flatMap(tooLong),
    ...cells.flatMap(({ line, text }) => tooManyWords('table cell', line, plain(text))),
  ];
}

/**
 * @param {string} path
 * @param {string} source
 */
function inComments(path, source) {
  const comments = commentReader(path)?.(source) ?? [];
  const lines = source.split('\n');
  return comments.flatMap((comment) => [
    ...comment.lines.flatMap((_, index) =>
      tooWide(comment.line + index, lines[comment.line + index - 1] ?? ''),
    ),
    ...paragraphsOf(comment.lines, comment.line).flatMap(tooLong),
  ]);
}

/**
 * @param {number} line
 * @param {string} text
 * @returns {Finding[]}
 */
function tooWide(line, text) {
  const columns = [...text].length;
  const unbroken = text.replace(/\]\([^)]*\)/g, ']()').replace(/https?:\/\/\S+/g, '');
  if ([...unbroken].length <= MAX_COLUMNS) return [];
  return [{ line, reason: `${columns} columns, more than ${MAX_COLUMNS}` }];
}

/**
 * @param {import('./paragraphs.mjs').Paragraph} paragraph
 * @returns {Finding[]}
 */
function tooLong({ line, text }) {
  return sentencesOf(plain(text)).flatMap((sentence) => tooManyWords('sentence', line, sentence));
}

/**
 * @param {string} what
 * @param {number} line
 * @param {string} text already plain
 * @returns {Finding[]}
 */
function tooManyWords(what, line, text) {
  const words = wordsOf(text);
  if (words <= MAX_WORDS) return [];
  const quoted = text.split(' ').slice(0, QUOTED_WORDS).join(' ');
  return [{ line, reason: `${what} of ${words} words, more than ${MAX_WORDS}: "${quoted} …"` }];
}
