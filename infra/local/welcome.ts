import type { LocalConfig } from './config.ts';
import { rolesOf } from './role.ts';

/** What `npm start` prints once everything runs. */
export function welcome(config: LocalConfig, logFolder: string): string {
  const [producer, sink] = rolesOf(config).map(({ url }) => url);
  const folder = config.roleEnvironment['HDFS_DIR'] || '/data';
  return `
  Page               ${producer}/
  Tracker page       ${producer}/tracker.html
  API                curl '${producer}/api/select?service=blue&user=kim'
  Lines in HDFS      ${folder}/${config.topic}/
    list the files   npm run hdfs -- ls
    print the lines  npm run hdfs -s -- cat
  Health             ${producer}/readyz      ${sink}/readyz
  Metrics            ${producer}/metrics     ${sink}/metrics
  Logs               ${logFolder}/

  Ctrl-C stops everything. The data stays.
`;
}
