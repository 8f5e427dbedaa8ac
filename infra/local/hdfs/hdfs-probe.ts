import { jmxBean, type WebServer } from '../process/jmx.ts';

/**
 * FSNamesystemState is computed when asked; the figures of FSNamesystem are ten seconds old at worst, and so make every
 * start look slow.
 */
const NAMESYSTEM = 'Hadoop:service=NameNode,name=FSNamesystemState';
const NAMENODE = 'Hadoop:service=NameNode,name=NameNodeStatus';
const DATANODE = 'Hadoop:service=DataNode,name=DataNodeInfo';

/** Whether the NameNode has its namespace and its office, in safe mode or not, active or standby: the one comes before the other. */
export async function nameNodeAnswers(server: WebServer): Promise<boolean> {
  const state = await jmxBean(server, NAMENODE, 'State');
  return (
    typeof state['State'] === 'string' && typeof (await jmxBean(server, NAMESYSTEM))['FSState'] === 'string'
  );
}

/** A NameNode without another one is active from its start. */
export async function nameNodeIsActive(server: WebServer): Promise<boolean> {
  return (await jmxBean(server, NAMENODE, 'State'))['State'] === 'active';
}

/** A standby in safe mode does not yet know of enough blocks to take over. */
export async function nameNodeIsInSafeMode(server: WebServer): Promise<boolean> {
  return (await jmxBean(server, NAMESYSTEM))['FSState'] !== 'Operational';
}

export async function nameNodeTakesWrites(server: WebServer, dataNodes: number): Promise<boolean> {
  if (!(await nameNodeIsActive(server))) return false;
  const state = await jmxBean(server, NAMESYSTEM);
  return state['FSState'] === 'Operational' && Number(state['NumLiveDataNodes']) >= dataNodes;
}

/** Whether the DataNode has met a NameNode: only then its pool of blocks has a service that runs. */
export async function dataNodeIsRegistered(server: WebServer): Promise<boolean> {
  const { BPServiceActorInfo } = await jmxBean(server, DATANODE, 'BPServiceActorInfo');
  return String(BPServiceActorInfo).includes('"ActorState":"RUNNING"');
}

export async function journalAnswers(server: WebServer): Promise<boolean> {
  return typeof (await jmxBean(server, 'java.lang:type=Runtime', 'StartTime'))['StartTime'] === 'number';
}
