import * as v from 'valibot';
import { integer, setting, text } from '../../../producer/contract/settings.ts';
import { httpHeaders } from './http-headers.ts';
import { certificateFile, tokenFile } from './readable-file.ts';

const nameNodes = v.pipe(
  text('hdfs://127.0.0.1:8020'),
  v.transform((list) => list.split(',').map((address) => address.trim())),
  v.check(
    (addresses) =>
      addresses.every((address) => /^(https?|hdfs):\/\/[^/\s]+/.test(address) && URL.canParse(address)),
    'must be hdfs://host:port, http://host:port or https://host:port, or the NameNodes of an HA pair separated by a comma',
  ),
  v.transform((addresses) => addresses.map((address) => new URL(address))),
  v.check(
    (urls) => urls.every(isRpc) || !urls.some(isRpc),
    "must be all of one kind: hdfs:// is HDFS's own protocol, http:// and https:// are WebHDFS",
  ),
  v.check(
    (urls) => urls.every((url) => !isRpc(url) || ['', '/'].includes(url.pathname)),
    'must be hdfs://host:port and no more: HDFS_DIR is for the folder',
  ),
  v.check(
    (urls) => urls.every(({ username, password }) => username === '' && password === ''),
    'must hold neither user nor password: HDFS_USER says who acts, and a gateway takes {"Authorization":"Basic ..."} in HDFS_HEADERS',
  ),
  v.check(
    (urls) => urls.every(({ search, hash }) => search === '' && hash === ''),
    'must end with the path: no "?" and no "#"',
  ),
);

/** Whether the address is of HDFS's own protocol. */
export const isRpc = ({ protocol }: URL): boolean => protocol === 'hdfs:';

const folder = v.pipe(
  text('/data'),
  v.check((path) => path.startsWith('/'), 'must be an absolute path'),
  v.transform((path) => path.replace(/\/+$/, '')),
  v.check(
    (path) =>
      path
        .split('/')
        .slice(1)
        .every((name) => !['', '.', '..'].includes(name) && !name.includes(':')),
    'must not contain "//", ".", ".." or ":"',
  ),
);

const flag = v.pipe(
  v.optional(
    v.picklist(['true', 'false'], (issue) => `"${issue.input}" is neither true nor false`),
    'false',
  ),
  v.transform((value) => value === 'true'),
);

/** The settings of the connection to HDFS. */
export const hdfsEntries = {
  HDFS_URL: setting(
    nameNodes,
    "The NameNode: `hdfs://host` (port 8020 by default) for HDFS's own protocol, `http://` or " +
      '`https://` for WebHDFS. A comma separates an HA pair.',
  ),
  HDFS_USER: setting(
    v.optional(text()),
    'The user who acts in HDFS. With `HDFS_TOKEN_FILE` it must be unset.',
    { byDefault: 'the current user' },
  ),
  HDFS_TOKEN_FILE: setting(
    v.optional(tokenFile),
    'A file with the delegation token that says who acts in HDFS. The sink reads it for each ' +
      'request, with `hdfs://` for each connection.',
  ),
  HDFS_CA_FILE: setting(
    v.optional(certificateFile),
    'PEM of the authorities whose certificates count for https. Without it the public ones ' +
      'count. The sink reads it at start.',
  ),
  HDFS_HEADERS: setting(
    httpHeaders,
    'JSON of further HTTP headers, for a gateway. They go to the addresses in `HDFS_URL`, never to ' +
      'a DataNode elsewhere.',
  ),
  HDFS_ALLOW_PLAIN_REDIRECT: setting(
    flag,
    'With `https://`: follow the NameNode to a DataNode without TLS. Lines and token then go in the ' +
      'clear.',
  ),
  HDFS_DIR: setting(folder, "The folder in HDFS that holds the topic's folder."),
  HDFS_TIMEOUT_MS: setting(integer(1_000, 600_000, 30_000), 'The deadline of one request to HDFS.'),
  HDFS_SYNC: setting(
    flag,
    "With `hdfs://`: a line is durable on the DataNodes' disks (`true`, hsync), or in their memory " +
      '(`false`, hflush).',
  ),
  HDFS_USE_DATANODE_HOSTNAME: setting(
    flag,
    'With `hdfs://`: the sink reaches DataNodes by host name, not by the address that the NameNode ' +
      'knows (`dfs.client.use.datanode.hostname`).',
  ),
};

type HdfsSettings = Readonly<v.InferOutput<v.ObjectSchema<typeof hdfsEntries, undefined>>>;

/** The settings that a client of HDFS needs. */
export type HdfsAccess = Omit<HdfsSettings, 'HDFS_USER' | 'HDFS_DIR'> & { readonly HDFS_USER: string };

export function hdfsContradictions(settings: HdfsSettings): string[] {
  return [...securityContradictions(settings), ...transportContradictions(settings)];
}

/** The settings that only one of the two protocols has. */
function transportContradictions(settings: HdfsSettings): string[] {
  if (!settings.HDFS_URL.some(isRpc)) {
    const names = (['HDFS_SYNC', 'HDFS_USE_DATANODE_HOSTNAME'] as const).filter((name) => settings[name]);
    return names.map(
      (name) => `${name}: has no use with WebHDFS, as HDFS_URL does not begin with hdfs: unset it`,
    );
  }
  const headers = Object.keys(settings.HDFS_HEADERS).length > 0;
  return headers ? ['HDFS_HEADERS: has no use with hdfs://, which has no headers: unset it'] : [];
}

function securityContradictions(settings: HdfsSettings): string[] {
  const problems: string[] = [];
  if (settings.HDFS_TOKEN_FILE !== undefined && settings.HDFS_USER !== undefined) {
    problems.push('HDFS_USER: has no use beside HDFS_TOKEN_FILE: the token says who acts');
  }
  if (
    settings.HDFS_CA_FILE !== undefined &&
    settings.HDFS_URL.every(({ protocol }) => protocol !== 'https:')
  ) {
    problems.push(
      'HDFS_CA_FILE: has no use, as no address in HDFS_URL begins with https: unset it (hdfs:// encrypts as the cluster tells it)',
    );
  }
  const isSecure = settings.HDFS_URL.some(({ protocol }) => protocol === 'https:');
  if (settings.HDFS_ALLOW_PLAIN_REDIRECT && !isSecure) {
    problems.push(
      'HDFS_ALLOW_PLAIN_REDIRECT: has no use, as no address in HDFS_URL begins with https: unset it',
    );
  }
  return problems;
}

/**
 * The settings without secrets. With a token there is no user: the sink never uses the user of the
 * system, which `readConfig` has filled in.
 */
export function printableHdfs(
  settings: Pick<HdfsSettings, 'HDFS_URL' | 'HDFS_HEADERS' | 'HDFS_USER' | 'HDFS_TOKEN_FILE'>,
): Record<string, unknown> {
  const masked = Object.keys(settings.HDFS_HEADERS).map((name) => [name, '***']);
  return {
    HDFS_URL: settings.HDFS_URL.map(String),
    HDFS_HEADERS: Object.fromEntries(masked),
    HDFS_USER: settings.HDFS_TOKEN_FILE === undefined ? settings.HDFS_USER : undefined,
  };
}
