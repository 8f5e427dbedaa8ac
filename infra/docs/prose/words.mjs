/** Ends of sentences that are none: the point belongs to the abbreviation. */
const ABBREVIATION = /\b(?:e\.g|i\.e|vs|cf|approx|incl)\.$/i;
/** What ends a sentence, with the quotes and brackets after it, before the next one begins. */
const SENTENCE_END = /[.!?…]["'”’)\]*_]*\s+(?=["'“‘([*_]*[\p{Lu}\p{N}])/gu;
const CODE_SPAN = /(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g;
const LINK = /!?\[([^\]]*)\](?:\([^)\s]*(?:\s"[^"]*")?\)|\[[^\]]*\])/g;
const INLINE_TAG = /\{@\w+\s[^}]*\}/g;
const URL = /<?https?:\/\/[^\s>)]+>?/g;

/**
 * The text as it is counted: a code span, a link's address and a URL are one word each.
 *
 * @param {string} text
 */
export function plain(text) {
  return text
    .replace(CODE_SPAN, 'Code')
    .replace(INLINE_TAG, 'Code')
    .replace(LINK, '$1')
    .replace(URL, 'Address')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * @param {string} text already plain
 * @returns {string[]}
 */
export function sentencesOf(text) {
  /** @type {string[]} */
  const sentences = [];
  let begin = 0;
  for (const { 0: end, index } of text.matchAll(SENTENCE_END)) {
    const sentence = text.slice(begin, index + end.length).trim();
    if (ABBREVIATION.test(sentence)) continue;
    sentences.push(sentence);
    begin = index + end.length;
  }
  const rest = text.slice(begin).trim();
  return rest === '' ? sentences : [...sentences, rest];
}

/** @param {string} text already plain */
export function wordsOf(text) {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
