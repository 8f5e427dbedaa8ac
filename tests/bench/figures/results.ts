import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** A heading of RESULTS.md with the text below it. */
export interface Section {
  readonly title: string;
  readonly body: string;
}

/** The order of the sections in the file. It does not depend on the order of measuring. */
export const TITLES = {
  collector: 'Collecting events',
  flushes: 'Flushing',
  drain: 'Draining a backlog',
  hdfsDrain: "Draining a backlog over HDFS's own protocol",
  latency: 'From acked to durable',
  hdfsLatency: "From acked to durable over HDFS's own protocol",
  partitions: 'Many partitions',
  soak: 'Memory of the sink',
  collectorSoak: 'Memory of the producer',
} as const;

const PREAMBLE = `# Results of \`npm run bench\`

The benchmarks write this file. A section stays as it is until it is measured again. Broker,
NameNode, DataNode and sink share one machine. Compare the ratios and not the rates: each reference
is measured in the same run.
`;

/** Writes the sections into the file. Each replaces the one of the same title. All others stay. */
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

/** The day, the processors and the Node of a measurement. The figures depend on them. */
export function circumstances(): string {
  const processors = `${cpus().length} × ${cpus()[0]?.model.trim()}`;
  return `${new Date().toISOString().slice(0, 10)}, ${processors}, Node ${process.version}.`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
