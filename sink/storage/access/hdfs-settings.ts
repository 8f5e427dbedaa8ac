import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as v from 'valibot';
import { integer, text } from '../../../producer/contract/settings.ts';
import { parseToken } from '../token-file.ts';

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

/** Whether it is HDFS's own protocol that is spoken at this address. */
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

/** The name of a file that can be read and has in it what it should. */
const fileWith = (what: string, isIn: (content: string) => boolean) =>
  v.pipe(
    text(),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const problem = problemOf(dataset.value, what, isIn);
      if (problem !== undefined) addIssue({ message: problem });
    }),
  );

function problemOf(file: string, what: string, isIn: (content: string) => boolean): string | undefined {
  try {
    return isIn(readFileSync(file, 'utf8')) ? undefined : `${file} does not hold ${what}`;
  } catch (error) {
    return `${file} cannot be read: ${error instanceof Error && 'code' in error ? error.code : error}`;
  }
}

function areCertificates(pem: string): boolean {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return found.map((certificate) => new X509Certificate(certificate)).length > 0;
  } catch {
    return false;
  }
}

/** Those that the client sets by itself, or that would change what a request is. */
const OWN_HEADERS = [
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'te',
  'transfer-encoding',
  'upgrade',
];

const headers = v.pipe(
  v.optional(v.string(), '{}'),
  v.rawTransform<string, Readonly<Record<string, string>>>(({ dataset, addIssue, NEVER }) => {
    const parsed = v.safeParse(headerObject, dataset.value);
    if (!parsed.success) {
      addIssue({
        message:
          'must be a JSON object of HTTP headers, such as {"Authorization":"Basic ..."}, each a string',
      });
      return NEVER;
    }
    const problems = Object.entries(parsed.output).flatMap(([name, value]) => objection(name, value) ?? []);
    for (const message of problems) addIssue({ message });
    return problems.length > 0 ? NEVER : parsed.output;
  }),
);

const headerObject = v.pipe(
  v.string(),
  v.parseJson(),
  v.check((parsed) => !Array.isArray(parsed)),
  v.record(v.string(), v.string()),
);

/** Never shows a value. */
function objection(name: string, value: string): string | undefined {
  try {
    validateHeaderName(name);
  } catch {
    return `${JSON.stringify(name)} is not the name of a header`;
  }
  if (OWN_HEADERS.includes(name.toLowerCase())) return `"${name}" is not yours to set`;
  try {
    validateHeaderValue(name, value);
  } catch {
    return `the value of "${name}" has characters that no header may have`;
  }
  return undefined;
}

const flag = v.pipe(
  v.optional(
    v.picklist(['true', 'false'], (issue) => `"${issue.input}" is neither true nor false`),
    'false',
  ),
  v.transform((value) => value === 'true'),
);

/** The settings with which HDFS is found and spoken to. */
export const hdfsEntries = {
  HDFS_URL: nameNodes,
  HDFS_USER: v.optional(text()),
  HDFS_TOKEN_FILE: v.optional(fileWith('a delegation token', (content) => parseToken(content) !== undefined)),
  HDFS_CA_FILE: v.optional(fileWith('certificates as PEM', areCertificates)),
  HDFS_HEADERS: headers,
  HDFS_DIR: folder,
  HDFS_TIMEOUT_MS: integer(1_000, 600_000, 30_000),
  HDFS_SYNC: flag,
  HDFS_USE_DATANODE_HOSTNAME: flag,
};

type HdfsSettings = Readonly<v.InferOutput<v.ObjectSchema<typeof hdfsEntries, undefined>>>;

/** The settings that a client of HDFS needs. */
export type HdfsAccess = Omit<HdfsSettings, 'HDFS_USER' | 'HDFS_DIR'> & { readonly HDFS_USER: string };

export function hdfsContradictions(settings: HdfsSettings): string[] {
  return [...securityContradictions(settings), ...transportContradictions(settings)];
}

/** What only one of the two transports knows. */
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
  return problems;
}

/**
 * As they may be shown. Beside a token there is no user: the one of the system was filled in, and
 * is never asked for.
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
