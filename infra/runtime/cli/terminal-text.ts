/**
 * The characters that a terminal obeys instead of showing them. They are controls (ESC among them),
 * separators of lines, and those that turn the direction of text. Lone surrogates are no characters
 * at all.
 */
const OBEYED = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;

/**
 * Text of strangers, such as the name of a file, as one line that is safe to print. What a terminal
 * would obey is escaped as in JSON (`\u001b`).
 */
export function terminalText(text: string): string {
  return text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for text of several lines: the line feeds stay. */
export function terminalLines(text: string): string {
  return text.split('\n').map(terminalText).join('\n');
}
