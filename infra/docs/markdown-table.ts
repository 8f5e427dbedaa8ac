type Cells = readonly string[];

/** A table of Markdown, with a line feed at its end. */
export function markdownTable(head: Cells, rows: readonly Cells[]): string {
  return [head, head.map(() => '---'), ...rows].map(rowOf).join('');
}

function rowOf(cells: Cells): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

/** Code in Markdown. */
export const code = (text: string): string => `\`${text}\``;
