import { parse } from '@babel/parser';

/**
 * A comment, or several of one line each that stand below one another.
 *
 * @typedef {object} Comment
 * @property {number} line of its first line, from 1
 * @property {string[]} lines what it says, without its marks
 */

/** @typedef {(source: string) => Comment[]} CommentReader */

/** Words to a tool, and none to a reader. */
const DIRECTIVE = /^\s*(?:[A-Z_]+=|biome-ignore|@ts-|hadolint |shellcheck |dclint-|!|\/\s*<)/;

/** @type {readonly [RegExp, CommentReader][]} */
const READERS = [
  [/\.[cm]?[jt]s$/, scriptComments],
  [/\.(?:css|proto|java)$/, cComments],
  [/\.(?:html|xml)$/, markupComments],
  [
    /\.(?:sh|ya?ml|service|properties|py|toml|example)$|ockerfile$|ignore$|^\.ci\/|editorconfig$/,
    hashComments,
  ],
];

/**
 * What reads the comments of a file; undefined where nothing does.
 *
 * @param {string} path
 */
export function commentReader(path) {
  return READERS.find(([pattern]) => pattern.test(path))?.[1];
}

/** @type {CommentReader} */
function scriptComments(source) {
  const { comments } = parse(source, {
    sourceType: 'module',
    errorRecovery: true,
    plugins: ['typescript'],
  });
  return joined(
    (comments ?? []).map(({ type, value, loc, start }) => ({
      line: loc?.start.line ?? 1,
      column: loc?.start.column ?? 0,
      alone: isAlone(source, start ?? 0),
      lines: type === 'CommentBlock' ? blockLines(value) : [value],
    })),
  );
}

/** @type {CommentReader} */
function cComments(source) {
  return joined(found(source, /\/\*([\s\S]*?)\*\/|(?<![:"'\w])\/\/(.*)/g));
}

/** @type {CommentReader} */
function markupComments(source) {
  return joined(found(source, /<!--([\s\S]*?)-->/g));
}

/** @type {CommentReader} */
function hashComments(source) {
  return joined(found(source, /(?<=^|\s)#()(.*)/gm));
}

/**
 * @param {string} source
 * @param {RegExp} pattern its first group is a block's text, its second one a line's
 */
function found(source, pattern) {
  return [...source.matchAll(pattern)].map(({ 1: block, 2: single, index }) => {
    const before = source.slice(0, index).split('\n');
    return {
      line: before.length,
      column: before.at(-1)?.length ?? 0,
      alone: isAlone(source, index),
      lines: block ? blockLines(block) : [single ?? ''],
    };
  });
}

/** @param {string} text between a block's marks */
function blockLines(text) {
  return text.split('\n').map((line) => line.replace(/^\s*\*+ ?/, '').replace(/^\*/, ''));
}

/**
 * @param {string} source
 * @param {number} start
 */
function isAlone(source, start) {
  return source.slice(source.lastIndexOf('\n', start - 1) + 1, start).trim() === '';
}

/**
 * Comments of one line in the same column below one another are one.
 *
 * @param {readonly (Comment & { column: number, alone: boolean })[]} comments
 * @returns {Comment[]}
 */
function joined(comments) {
  /** @type {(Comment & { column: number, alone: boolean })[]} */
  const all = [];
  for (const comment of comments) {
    if (comment.lines.length === 1 && DIRECTIVE.test(comment.lines[0] ?? '')) continue;
    const last = all.at(-1);
    const goesOn = last?.alone && comment.alone && last.column === comment.column && isNext(last, comment);
    if (goesOn) last.lines.push(...comment.lines);
    else all.push({ ...comment, lines: [...comment.lines] });
  }
  return all;
}

/**
 * @param {Comment} last
 * @param {Comment} comment
 */
function isNext(last, comment) {
  return last.line + last.lines.length === comment.line && comment.lines.length === 1;
}
