import { jmxBean, type WebServer } from '../process/jmx.ts';

/**
 * The NameNode computes FSNamesystemState when it is asked. The figures of FSNamesystem may be ten
 * seconds old, which would make every start look slow.
 */
const NAMESYSTEM = 'Hadoop:service=NameNode,name=FSNamesystemState';
const NAMENODE = 'Hadoop:service=NameNode,name=NameNodeStatus';
const DATANODE = 'Hadoop:service=DataNode,name=DataNodeInfo';

/**
 * Whether the NameNode has loaded its namespace and knows whether it is active or standby. It may
 * be in safe mode.
 */
export async function nameNodeAnswers(server: WebServer): Promise<boolean> {
  const state = await jmxBean(server, NAMENODE, 'State');
  return (
    typeof state['State'] === 'string' && typeof (await jmxBean(server, NAMESYSTEM))['FSState'] === 'string'
  );
}

/** A single NameNode is active from its start. */
export async function nameNodeIsActive(server: WebServer): Promise<boolean> {
  return (await jmxBean(server, NAMENODE, 'State'))['State'] === 'active';
}

/** A standby in safe mode does not know enough blocks yet to take over. */
export async function nameNodeIsInSafeMode(server: WebServer): Promise<boolean> {
  return (await jmxBean(server, NAMESYSTEM))['FSState'] !== 'Operational';
}

export async function nameNodeTakesWrites(server: WebServer, dataNodes: number): Promise<boolean> {
  if (!(await nameNodeIsActive(server))) return false;
  const state = await jmxBean(server, NAMESYSTEM);
  return state['FSState'] === 'Operational' && Number(state['NumLiveDataNodes']) >= dataNodes;
}

/** Whether the DataNode has registered at a NameNode: only then its block pool service runs. */
export async function dataNodeIsRegistered(server: WebServer): Promise<boolean> {
  const { BPServiceActorInfo } = await jmxBean(server, DATANODE, 'BPServiceActorInfo');
  return String(BPServiceActorInfo).includes('"ActorState":"RUNNING"');
}

export async function journalAnswers(server: WebServer): Promise<boolean> {
  return typeof (await jmxBean(server, 'java.lang:type=Runtime', 'StartTime'))['StartTime'] === 'number';
}
