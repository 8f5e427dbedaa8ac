import type { LocalConfig } from './config.ts';
import { rolesOf } from './role.ts';

/** What to try first, once everything runs. */
export function welcome(config: LocalConfig, logs: string): string {
  const [producer, sink] = rolesOf(config).map(({ url }) => url);
  return `
  The page           ${producer}/
  The API            curl '${producer}/api/select?service=blue&user=kim'
  What is in HDFS    npm run hdfs -- ls      npm run hdfs -s -- cat
  Health             ${producer}/readyz      ${sink}/readyz
  Metrics            ${producer}/metrics     ${sink}/metrics
  Logs               ${logs}/

  Ctrl-C stops everything; the data stays.
`;
}
