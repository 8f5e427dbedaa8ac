import { describe, expect, test } from 'vitest';
import { TITLES, withSections } from '../../bench/figures/results.ts';

const headings = (text: string): string[] => text.match(/^#+ .*$/gm) ?? [];

describe('RESULTS.md', () => {
  test('is written from nothing', () => {
    const text = withSections('', [{ title: TITLES.drain, body: 'fast' }]);
    expect(headings(text)).toEqual(['# Results of `npm run bench`', '## Draining a backlog']);
    expect(text).toMatch(/## Draining a backlog\n\nfast\n$/);
  });

  test('keeps what was not measured, word for word', () => {
    const before = withSections('', [
      { title: TITLES.soak, body: 'flat\n\n| a |\n| --- |\n| 1 |' },
      { title: TITLES.drain, body: 'fast' },
    ]);
    const after = withSections(before, [{ title: TITLES.drain, body: 'faster' }]);
    expect(after).toBe(before.replace('fast\n', 'faster\n'));
  });

  test('has its sections in one order, whichever was measured first', () => {
    const soakFirst = withSections('', [{ title: TITLES.soak, body: 'flat' }]);
    const both = withSections(soakFirst, [{ title: TITLES.latency, body: 'short' }]);
    expect(headings(both).slice(1)).toEqual([`## ${TITLES.latency}`, `## ${TITLES.soak}`]);
  });

  test('keeps a section nobody knows any more, at its end', () => {
    const text = withSections('# Old\n\n## By hand\n\nnoted\n', [{ title: TITLES.drain, body: 'fast' }]);
    expect(headings(text).slice(1)).toEqual([`## ${TITLES.drain}`, '## By hand']);
    expect(text).toMatch(/## By hand\n\nnoted\n$/);
  });
});
