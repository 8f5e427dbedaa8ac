import { writeFile } from 'node:fs/promises';

/** Writes a configuration file of Hadoop's programs. */
export function writeSite(file: string, properties: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(properties).map(
    ([name, value]) => `<property><name>${name}</name><value>${value}</value></property>`,
  );
  return writeFile(file, `<configuration>\n${lines.join('\n')}\n</configuration>\n`);
}
