import { type Finding, warn } from '../../infra/runtime/cli/finding.ts';
import { isRpc } from '../storage/access/hdfs-settings.ts';

interface Channel {
  readonly HDFS_URL: readonly URL[];
  readonly HDFS_TOKEN_FILE?: string | undefined;
  readonly HDFS_HEADERS: Readonly<Record<string, string>>;
  readonly HDFS_ALLOW_PLAIN_REDIRECT: boolean;
}

/** The secrets that the settings let go over HTTP without TLS. */
export function assessChannel(settings: Channel): Finding[] {
  const { HDFS_URL, HDFS_TOKEN_FILE, HDFS_HEADERS, HDFS_ALLOW_PLAIN_REDIRECT } = settings;
  if (HDFS_URL.some(isRpc)) return [];
  const secrets = [
    ...(HDFS_TOKEN_FILE === undefined ? [] : ['the delegation token']),
    ...(Object.keys(HDFS_HEADERS).length === 0 ? [] : ['HDFS_HEADERS']),
  ].join(' and ');
  const isPlain = HDFS_URL.some(({ protocol }) => protocol === 'http:');
  return [
    ...(isPlain && secrets !== ''
      ? [warn('channel', `${secrets}: in the clear, as HDFS_URL has http://`, 'give the https:// address')]
      : []),
    ...(HDFS_ALLOW_PLAIN_REDIRECT
      ? [
          warn(
            'channel',
            'lines and token may go to DataNodes in the clear, as HDFS_ALLOW_PLAIN_REDIRECT is set',
            'set dfs.http.policy to HTTPS_ONLY on the DataNodes, and unset it',
          ),
        ]
      : []),
  ];
}
