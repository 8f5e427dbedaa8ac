import { parse } from '@babel/parser';

/**
 * A node of a syntax tree, with the properties that are read here.
 *
 * https://github.com/babel/babel/blob/main/packages/babel-parser/ast/spec.md
 */
export interface SyntaxNode {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  readonly [property: string]: unknown;
}

/** Every node of a file of code, a parent before its children. */
export function syntaxNodes(text: string): SyntaxNode[] {
  const { program } = parse(text, {
    sourceType: 'module',
    plugins: ['typescript'],
    createImportExpressions: true,
  });
  const nodes: SyntaxNode[] = [];
  collect(program, nodes);
  return nodes;
}

function collect(value: unknown, nodes: SyntaxNode[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, nodes);
  if (!isNode(value)) return;
  nodes.push(value);
  for (const [property, child] of Object.entries(value)) {
    if (property !== 'loc' && !property.endsWith('Comments')) collect(child, nodes);
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'loc' in value;
}
