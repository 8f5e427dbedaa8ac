const BEGIN = /^<!-- generated: (.+) -->$/gm;
const END = '<!-- end -->';

/** The generated parts of a document by their names. */
export type Parts = Readonly<Record<string, string>>;

/**
 * The document with its generated parts renewed. Each part stands between the lines
 * `<!-- generated: <name> -->` and `<!-- end -->`.
 *
 * @throws {Error} where a part has no place, or a place no part or no end
 */
export function withParts(document: string, parts: Parts): string {
  const places = [...document.matchAll(BEGIN)].map(([, name = '']) => name);
  const missing = Object.keys(parts).filter((name) => !places.includes(name));
  if (missing.length > 0) throw new Error(`no place for ${missing.join(', ')}`);
  return places.reduce((renewed, name) => withPart(renewed, name, parts[name]), document);
}

function withPart(document: string, name: string, part: string | undefined): string {
  if (part === undefined) throw new Error(`nothing generates "${name}"`);
  const begin = `<!-- generated: ${name} -->\n`;
  const from = document.indexOf(begin) + begin.length;
  const to = document.indexOf(END, from);
  if (to < 0) throw new Error(`"${name}" has no end`);
  return `${document.slice(0, from)}\n${part}\n${document.slice(to)}`;
}
