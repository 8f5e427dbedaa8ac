import { writeFile } from 'node:fs/promises';

/** One of the files in which Hadoop's programs look for properties. */
export function writeSite(file: string, properties: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(properties).map(
    ([name, value]) => `<property><name>${name}</name><value>${value}</value></property>`,
  );
  return writeFile(file, `<configuration>\n${lines.join('\n')}\n</configuration>\n`);
}
