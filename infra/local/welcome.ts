import type { LocalConfig } from './config.ts';
import { rolesOf } from './role.ts';

/** What `npm start` prints once everything runs. */
export function welcome(config: LocalConfig, logFolder: string): string {
  const roles = rolesOf(config);
  const producer = roles[0]?.url;
  const management = roles.map(({ managementUrl }) => managementUrl);
  const folder = config.roleEnvironment['HDFS_DIR'] || '/data';
  return `
  Page               ${producer}/
  Tracker page       ${producer}/tracker.html
  API                curl '${producer}/api/select?service=blue&user=kim'
  Lines in HDFS      ${folder}/${config.topic}/
    list the files   npm run hdfs -- ls
    print the lines  npm run hdfs -s -- cat
  Health             ${management.map((url) => `${url}/readyz`).join('      ')}
  Metrics            ${management.map((url) => `${url}/metrics`).join('     ')}
  Logs               ${logFolder}/

  Ctrl-C stops everything. The data stays.
`;
}
