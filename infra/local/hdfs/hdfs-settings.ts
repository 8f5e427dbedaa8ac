import type { Settings } from './hdfs-daemon.ts';
import type { HdfsOptions } from './hdfs-options.ts';
import type { AllHdfsPorts, DataNodePorts, ServerPorts } from './hdfs-ports.ts';

/** The nameservice of a pair. A client gets the two addresses from its own configuration. */
export const NAMESERVICE = 'local';

export const nameNodeId = (index: number): string => `nn${index + 1}`;

const localAddress = (port: number): string => `127.0.0.1:${port}`;

/** Which of `http-address` and `https-address` the cluster has. */
const scheme = ({ tls }: HdfsOptions): string => (tls ? 'https' : 'http');

/**
 * The settings of every node of the cluster. DataNodes need those of clients as well: they are
 * clients of the NameNodes when they write for WebHDFS.
 */
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
    'fs.defaultFS': `hdfs://${localAddress(own.rpc)}`,
    'dfs.namenode.rpc-address': localAddress(own.rpc),
    [`dfs.namenode.${scheme(options)}-address`]: localAddress(own.http),
  };
}

/**
 * The NameNodes of a pair share their edits through a journal and not through a folder. The journal
 * takes edits only from the NameNode that became active last. A NameNode that sleeps through a
 * failover and wakes up again can thus damage nothing, and the fencing method that Hadoop demands
 * may do nothing.
 *
 * https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/HDFSHighAvailabilityWithQJM.html
 */
function pairSettings(options: HdfsOptions, { nameNodes }: AllHdfsPorts, journal: ServerPorts): Settings {
  const addresses = nameNodes.flatMap(({ rpc, http }, index) => [
    [`dfs.namenode.rpc-address.${NAMESERVICE}.${nameNodeId(index)}`, localAddress(rpc)],
    [`dfs.namenode.${scheme(options)}-address.${NAMESERVICE}.${nameNodeId(index)}`, localAddress(http)],
  ]);
  return {
    'fs.defaultFS': `hdfs://${NAMESERVICE}`,
    'dfs.nameservices': NAMESERVICE,
    [`dfs.ha.namenodes.${NAMESERVICE}`]: nameNodes.map((_, index) => nameNodeId(index)).join(','),
    [`dfs.client.failover.proxy.provider.${NAMESERVICE}`]:
      'org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider',
    'dfs.namenode.shared.edits.dir': `qjournal://${localAddress(journal.rpc)}/${NAMESERVICE}`,
    // A standby that follows the edits one by one can take over at any time.
    'dfs.ha.tail-edits.in-progress': 'true',
    'dfs.ha.tail-edits.period': '1s',
    'dfs.ha.fencing.methods': 'shell(/bin/true)',
    'dfs.journalnode.rpc-address': localAddress(journal.rpc),
    [`dfs.journalnode.${scheme(options)}-address`]: localAddress(journal.http),
    ...Object.fromEntries(addresses),
  };
}

export function dataNodeSettings(options: HdfsOptions, own: DataNodePorts): Settings {
  return {
    'dfs.datanode.address': localAddress(own.data),
    [`dfs.datanode.${scheme(options)}.address`]: localAddress(own.http),
    'dfs.datanode.ipc.address': localAddress(own.ipc),
  };
}
