import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** One heading of RESULTS.md with what stands below it. */
export interface Section {
  readonly title: string;
  readonly body: string;
}

/** The order in the file, whichever of them is measured first. */
export const TITLES = {
  collector: 'Collecting events',
  flushes: 'Flushing',
  drain: 'Draining a backlog',
  hdfsDrain: "Draining a backlog over HDFS's own protocol",
  latency: 'From acked to durable',
  hdfsLatency: "From acked to durable over HDFS's own protocol",
  soak: 'Memory',
  collectorSoak: 'Memory of the collector',
} as const;

const PREAMBLE = `# Results of \`npm run bench\`

Written by the benchmarks themselves; a section stays as it is until it is measured again. Broker, NameNode, DataNode and sink share
one machine. Compare the ratios, not the rates: each reference is measured in the same run.
`;

/** Writes the sections into the file; one of the same title is replaced, all others stay. */
export async function writeResults(file: string, sections: readonly Section[]): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  await writeFile(file, withSections(text, sections));
}

export function withSections(text: string, sections: readonly Section[]): string {
  const known = new Map([...sectionsOf(text), ...sections].map((section) => [section.title, section.body]));
  const order = [...new Set([...Object.values<string>(TITLES), ...known.keys()])];
  const written = order.flatMap((title) => {
    const body = known.get(title);
    return body === undefined ? [] : `\n## ${title}\n\n${body.trim()}\n`;
  });
  return PREAMBLE + written.join('');
}

function sectionsOf(text: string): Section[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = '', ...body] = section.split('\n');
      return { title, body: body.join('\n') };
    });
}

/** What the figures of a section hang on besides the code. */
export function circumstances(): string {
  const processors = `${cpus().length} × ${cpus()[0]?.model.trim()}`;
  return `${new Date().toISOString().slice(0, 10)}, ${processors}, Node ${process.version}.`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
