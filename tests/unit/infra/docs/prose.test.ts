import { expect, test } from 'vitest';
import { findingsIn, hasProse } from '../../../../infra/docs/prose/findings.mjs';

const words = (count: number) => Array.from({ length: count }, (_, index) => `w${index}`).join(' ');
const long = `Sentence ${words(25)}.`;
const short = `Sentence ${words(24)}.`;
const linesOf = (path: string, source: string) => findingsIn(path, source).map(({ line }) => line);

test.each([
  ['a.ts', `const a = 1;\n// ${long}\n`],
  ['a.ts', `const a = 1;\n/** ${long} */\n`],
  ['a.mjs', `\n// Sentence ${words(12)}\n// ${words(13)}.\n`],
  ['a.css', `a {}\n/* ${long} */\n`],
  ['a.html', `<p>\n<!-- ${long} -->\n`],
  ['a.xml', `<a>\n<!-- ${long} -->\n`],
  ['a.proto', `syntax = "proto2";\n// ${long}\n`],
  ['a.sh', `echo\n# ${long}\n`],
  ['a.yaml', `a: 1\nb: 2 # ${long}\n`],
  ['a@.service', `[Unit]\n# ${long}\n`],
  ['infra/compose/Dockerfile', `FROM a\n# ${long}\n`],
  ['a.env.example', `A=1\n# ${long}\n`],
  ['a.md', `# Title\n${long}\n`],
])('a sentence of more than 25 words is found in %s', (path, source) => {
  expect(linesOf(path, source).filter((line) => line === 2)).not.toEqual([]);
  expect(findingsIn(path, source).map(({ reason }) => reason)).toContainEqual(
    expect.stringContaining('sentence of 26 words'),
  );
});

test('sentences count apart, and so do paragraphs, items of lists and tags', () => {
  const halves = [
    `${words(20)}. And ${words(20)}`,
    `${words(20)}\n *\n * ${words(20)}`,
    `- ${words(20)}\n * - ${words(20)}`,
    `${words(20)}\n * @param {string} a ${words(20)}`,
    `${words(20)}. @throws where ${words(20)}`,
  ];
  for (const text of halves) {
    const reasons = findingsIn('a.ts', `/**\n * ${text}\n */`).map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason.startsWith('sentence'))).toEqual([]);
  }
});

test('a code span, an address and a link are one word each', () => {
  const span = `\`${words(30)}\``;
  const link = `[word](https://example.org/${'a'.repeat(90)})`;
  expect(linesOf('a.md', `${words(22)}\n${span.slice(0, 90)}\`\n${link} word.\n`)).toEqual([]);
  expect(linesOf('a.md', `${words(24)}\n\`code\` ${link}.\n`)).toEqual([1]);
});

test('an abbreviation ends no sentence', () => {
  expect(linesOf('a.md', `${words(15)}, e.g. Node\n${words(15)}\n`)).toEqual([1]);
});

test('what is text and no comment is not looked at', () => {
  expect(linesOf('a.ts', `const url = 'http://${long}';\nconst a = \`// ${long}\`;\n`)).toEqual([]);
  expect(linesOf('a.sh', `echo "$#" ${'x'.repeat(200)}\n`)).toEqual([]);
});

test('a comment and Markdown keep to 100 columns, code does not have to', () => {
  const wide = 'x'.repeat(101);
  expect(linesOf('a.ts', `const a = '${wide}';\n// ${wide}\n`)).toEqual([2]);
  expect(linesOf('a.ts', `/**\n * a\n * ${wide}\n */\n`)).toEqual([3]);
  expect(linesOf('a.md', `a\n\n${wide}\n`)).toEqual([3]);
});

test('tables, fenced code and links that cannot be broken may be wider', () => {
  const wide = 'x'.repeat(101);
  const source = `| ${wide} |\n|---|\n\n\`\`\`text\n${wide}\n\`\`\`\n\nsee [a](https://example.org/${wide})\n`;
  expect(linesOf('a.md', source)).toEqual([]);
});

test('a cell of a table has at most 25 words, whatever its sentences', () => {
  expect(linesOf('a.md', `| a |\n|---|\n| ${words(13)}. ${words(12)}. |\n`)).toEqual([]);
  expect(linesOf('a.md', `| a |\n|---|\n| ${words(13)}. ${words(13)}. |\n`)).toEqual([3]);
});

test('fenced code says its language', () => {
  expect(linesOf('a.md', '```sh\nnpm start\n```\n\n```\nnpm start\n```\n')).toEqual([5]);
});

test('a sentence of 25 words is none too many', () => {
  expect(findingsIn('a.sh', `# ${short.slice(0, 90)}\n# ${short.slice(90)}\n`)).toEqual([]);
});

test('a file of data has no prose', () => {
  expect(hasProse('package-lock.json')).toBe(false);
  expect(hasProse('sink/main.ts')).toBe(true);
});
