import { type SyntaxNode, syntaxNodes } from './syntax-tree.ts';

export interface FunctionSize {
  /** `file:line` of its first line. */
  readonly at: string;
  readonly lines: number;
  readonly parameters: number;
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ObjectMethod',
  'ClassMethod',
  'ClassPrivateMethod',
]);

/** Every function of a file, also functions within functions. */
export function functionSizes(file: string, text: string): FunctionSize[] {
  return syntaxNodes(text)
    .filter(({ type }) => FUNCTIONS.has(type))
    .map((node) => ({
      at: `${file}:${node.loc.start.line}`,
      lines: linesOf(node),
      parameters: parametersOf(node),
    }));
}

function linesOf({ loc }: SyntaxNode): number {
  return loc.end.line - loc.start.line + 1;
}

function parametersOf({ params }: SyntaxNode): number {
  return Array.isArray(params) ? params.length : 0;
}

/** The smallest number that 95 of 100 numbers do not exceed. */
export function percentile95(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}
