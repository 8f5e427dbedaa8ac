import { dirname, join, normalize } from 'node:path';
import { isNode, type SyntaxNode, syntaxNodes } from './syntax-tree.ts';

/** Each name with the names that it imports. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The imports among these files: of values and types, static and dynamic. An export from another
 * file counts as an import.
 */
export function importGraph(files: readonly string[], textOf: (file: string) => string): Graph {
  const known = new Set(files);
  return new Map(files.map((file) => [file, new Set(importsOf(file, textOf(file), known))]));
}

function importsOf(file: string, text: string, known: ReadonlySet<string>): string[] {
  return [...syntaxNodes(text).flatMap(importedFrom), ...importedInComments(file, text)]
    .filter((name) => name.startsWith('.'))
    .flatMap((name) => sourceOf(normalize(join(dirname(file), name)), known));
}

function importedFrom(node: SyntaxNode): string[] {
  const from = node.type === 'TSImportType' ? node['argument'] : node['source'];
  if (!isNode(from)) return [];
  const literal = isNode(from['literal']) ? from['literal'] : from;
  return typeof literal['value'] === 'string' ? [literal['value']] : [];
}

/** JavaScript names the types of other files in its comments. */
function importedInComments(file: string, text: string): string[] {
  if (file.endsWith('ts')) return [];
  return [...text.matchAll(/\bimport\('([^']+)'\)/g)].map(([, name = '']) => name);
}

/** Empty for a file that the build generates: such a file is not among the known files. */
function sourceOf(path: string, known: ReadonlySet<string>): string[] {
  const candidates = [path, path.replace(/js$/, 'ts')];
  return candidates.filter((candidate) => known.has(candidate)).slice(0, 1);
}

/** The graph of the names' places, such as folders, without the imports inside of a place. */
export function between(graph: Graph, placeOf: (name: string) => string): Graph {
  const places = new Map<string, Set<string>>();
  for (const [from, targets] of graph) {
    const place = placeOf(from);
    const others = places.get(place) ?? new Set();
    for (const target of targets) if (placeOf(target) !== place) others.add(placeOf(target));
    places.set(place, others);
  }
  return places;
}

/** Groups of names that reach one another. Each group has one cycle or several. */
export function cyclesOf(graph: Graph): string[][] {
  const reached = new Map([...graph.keys()].map((name) => [name, reachableFrom(graph, name)]));
  const isMutual = (one: string, other: string) =>
    reached.get(one)?.has(other) === true && reached.get(other)?.has(one) === true;
  const groups: string[][] = [];
  for (const name of graph.keys()) {
    if (!isMutual(name, name) || groups.some((group) => group.includes(name))) continue;
    groups.push([...graph.keys()].filter((other) => isMutual(name, other)));
  }
  return groups;
}

/** The names that a name imports, directly or by way of others. In a cycle: itself as well. */
function reachableFrom(graph: Graph, name: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const next = [...(graph.get(name) ?? [])];
  for (let one = next.pop(); one !== undefined; one = next.pop()) {
    if (reached.has(one)) continue;
    reached.add(one);
    next.push(...(graph.get(one) ?? []));
  }
  return reached;
}
