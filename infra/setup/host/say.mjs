/** @param {string} line */
export function say(line) {
  console.log(`setup: ${line}`);
}
