import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The `java` to run: JAVA_HOME's where that is set, else the one on the PATH. */
export function javaCommand(env: Environment = process.env): string {
  const home = env['JAVA_HOME'];
  return home === undefined || home === '' ? 'java' : join(home, 'bin/java');
}
