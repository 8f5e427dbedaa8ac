import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root } from '../host/root.mjs';
import { answersTcp, storesFile, untilTrue } from './rehearsal-probe.mjs';

/**
 * A cluster that is started once, for the list of classes that it loads.
 *
 * @typedef {object} Rehearsal
 * @property {readonly string[]} format main class and arguments that prepare the data folder
 * @property {readonly (readonly string[])[]} daemons main class and arguments of each
 * @property {readonly string[]} classFolders behind the jars on the class path
 * @property {readonly string[]} jvmFlags
 * @property {() => Promise<void>} ready resolves when the daemons have started and done some work
 */

const HDFS = 'org.apache.hadoop.hdfs.server';

/**
 * A NameNode and a DataNode on free ports. `ready` writes one file.
 *
 * @param {string} folder for the data
 * @returns {Promise<Rehearsal>}
 */
export async function hadoopRehearsal(folder) {
  const [rpc, http, data, dataHttp, ipc] = await freePorts(5);
  const pages = join(folder, 'pages');
  for (const daemon of ['hdfs', 'datanode']) mkdirSync(join(pages, 'webapps', daemon), { recursive: true });
  const settings = settingsArguments({
    'hadoop.tmp.dir': join(folder, 'data'),
    'fs.defaultFS': `hdfs://127.0.0.1:${rpc}`,
    'dfs.namenode.rpc-address': `127.0.0.1:${rpc}`,
    'dfs.namenode.http-address': `127.0.0.1:${http}`,
    'dfs.datanode.address': `127.0.0.1:${data}`,
    'dfs.datanode.http.address': `127.0.0.1:${dataHttp}`,
    'dfs.datanode.ipc.address': `127.0.0.1:${ipc}`,
  });
  const nameNode = [`${HDFS}.namenode.NameNode`, ...settings];
  return {
    format: [...nameNode, '-format', '-nonInteractive'],
    daemons: [nameNode, [`${HDFS}.datanode.DataNode`, ...settings]],
    classFolders: [join(root, 'infra/local/hdfs'), pages],
    jvmFlags: [],
    ready: () => untilTrue('HDFS stores a file', () => storesFile(`http://127.0.0.1:${http}`)),
  };
}

/**
 * A broker that is its own controller, on free ports.
 *
 * @param {string} folder for the data
 * @returns {Promise<Rehearsal>}
 */
export async function kafkaRehearsal(folder) {
  const [port = 0, controllerPort] = await freePorts(2);
  const config = join(folder, 'server.properties');
  const own = {
    'log.dirs': join(folder, 'data'),
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
  };
  const lines = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  const shipped = readFileSync(join(root, 'infra/local/kafka/server.properties'), 'utf8');
  writeFileSync(config, `${shipped}\n${lines.join('\n')}\n`);
  const clusterId = 'cmVoZWFyc2FsLS0tLS0wMQ';
  return {
    format: ['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--config', config],
    daemons: [['kafka.Kafka', config]],
    classFolders: [],
    jvmFlags: [`-Dlog4j2.configurationFile=${join(root, 'infra/local/kafka/log4j2.properties')}`],
    ready: () => untilTrue('Kafka answers', () => answersTcp(port)),
  };
}

/** @param {Readonly<Record<string, string>>} settings */
function settingsArguments(settings) {
  return Object.entries(settings).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
}

/**
 * @param {number} count
 * @returns {Promise<number[]>}
 */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map(
    (server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port,
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
