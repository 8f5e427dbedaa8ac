import { jmxBean } from './jmx.ts';

/**
 * FSNamesystemState is computed when asked; the figures of FSNamesystem are ten seconds old at worst, and so make every
 * start look slow.
 */
const NAMESYSTEM = 'Hadoop:service=NameNode,name=FSNamesystemState';
const DATANODE = 'Hadoop:service=DataNode,name=DataNodeInfo';

/** Whether the NameNode serves its namespace, in safe mode or not. */
export async function nameNodeAnswers(httpPort: number): Promise<boolean> {
  return typeof (await jmxBean(httpPort, NAMESYSTEM))['FSState'] === 'string';
}

export async function nameNodeTakesWrites(httpPort: number, dataNodes: number): Promise<boolean> {
  const state = await jmxBean(httpPort, NAMESYSTEM);
  return state['FSState'] === 'Operational' && Number(state['NumLiveDataNodes']) >= dataNodes;
}

/** Whether the DataNode has met its NameNode: only then its pool of blocks has a service that runs. */
export async function dataNodeIsRegistered(httpPort: number): Promise<boolean> {
  const { BPServiceActorInfo } = await jmxBean(httpPort, DATANODE, 'BPServiceActorInfo');
  return String(BPServiceActorInfo).includes('"ActorState":"RUNNING"');
}
