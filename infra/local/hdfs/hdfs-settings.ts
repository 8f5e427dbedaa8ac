import type { Settings } from './hdfs-daemon.ts';
import type { HdfsOptions } from './hdfs-options.ts';
import type { AllHdfsPorts, DataNodePorts, ServerPorts } from './hdfs-ports.ts';

/** What the NameNodes of a pair are called by together; a client is told the two addresses by its configuration. */
export const NAMESERVICE = 'local';

export const nameNodeId = (index: number): string => `nn${index + 1}`;

const at = (port: number): string => `127.0.0.1:${port}`;

/** `http-address` or `https-address`: a cluster speaks one of the two. */
const web = ({ tls }: HdfsOptions): string => (tls ? 'https' : 'http');

/** What every node of the cluster has to know: the DataNodes are clients of the NameNodes when they write for WebHDFS. */
export function commonSettings(options: HdfsOptions, ports: AllHdfsPorts): Settings {
  const { closeDelayMs, properties, tls } = options;
  return {
    ...(ports.journal ? pairSettings(options, ports, ports.journal) : singleSettings(options, ports)),
    ...(closeDelayMs === undefined
      ? {}
      : { 'dfs.client.block.write.locateFollowingBlock.initial.delay.ms': String(closeDelayMs) }),
    ...(tls ? { 'dfs.http.policy': 'HTTPS_ONLY' } : {}),
    ...properties,
  };
}

function singleSettings(options: HdfsOptions, { nameNodes }: AllHdfsPorts): Settings {
  const [own = { http: 0, rpc: 0 }] = nameNodes;
  return {
    'fs.defaultFS': `hdfs://${at(own.rpc)}`,
    'dfs.namenode.rpc-address': at(own.rpc),
    [`dfs.namenode.${web(options)}-address`]: at(own.http),
  };
}

/**
 * The pair's edits go to a journal, not to a shared folder: the journal takes them from the NameNode that was made active
 * last and from no other, so that one which sleeps through a failover and wakes up again cannot ruin them. The fence that
 * Hadoop insists on may thus be none.
 *
 * https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/HDFSHighAvailabilityWithQJM.html
 */
function pairSettings(options: HdfsOptions, { nameNodes }: AllHdfsPorts, journal: ServerPorts): Settings {
  const addresses = nameNodes.flatMap(({ rpc, http }, index) => [
    [`dfs.namenode.rpc-address.${NAMESERVICE}.${nameNodeId(index)}`, at(rpc)],
    [`dfs.namenode.${web(options)}-address.${NAMESERVICE}.${nameNodeId(index)}`, at(http)],
  ]);
  return {
    'fs.defaultFS': `hdfs://${NAMESERVICE}`,
    'dfs.nameservices': NAMESERVICE,
    [`dfs.ha.namenodes.${NAMESERVICE}`]: nameNodes.map((_, index) => nameNodeId(index)).join(','),
    [`dfs.client.failover.proxy.provider.${NAMESERVICE}`]:
      'org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider',
    'dfs.namenode.shared.edits.dir': `qjournal://${at(journal.rpc)}/${NAMESERVICE}`,
    // A standby that follows edit by edit is fit to take over at any time.
    'dfs.ha.tail-edits.in-progress': 'true',
    'dfs.ha.tail-edits.period': '1s',
    'dfs.ha.fencing.methods': 'shell(/bin/true)',
    'dfs.journalnode.rpc-address': at(journal.rpc),
    [`dfs.journalnode.${web(options)}-address`]: at(journal.http),
    ...Object.fromEntries(addresses),
  };
}

export function dataNodeSettings(options: HdfsOptions, own: DataNodePorts): Settings {
  return {
    'dfs.datanode.address': at(own.data),
    [`dfs.datanode.${web(options)}.address`]: at(own.http),
    'dfs.datanode.ipc.address': at(own.ipc),
  };
}
