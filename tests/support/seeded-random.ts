/**
 * A linear congruential generator: the same seed gives the same numbers, from 0 to 1 without 1.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Characters that JSON or UTF-8 treat specially: escapes, line separators, two to four bytes. */
const ALPHABET = [...'ab 09{}[],:"\'\\/\n\r\t\u0000\u001f\u007fé€\u2028\u2029\ufeff😀𝄞'];

export function randomText(random: () => number, maxLength: number): string {
  const length = Math.floor(random() * (maxLength + 1));
  return Array.from({ length }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join('');
}
