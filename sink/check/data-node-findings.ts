import { type Finding, ok, warn } from '../../infra/runtime/cli/finding.ts';
import { adviceFor } from './advice.ts';
import type { DataNodeInspection } from './data-node-inspection.ts';

/**
 * A DataNode that cannot be reached is a warning only. The trial says whether the sink could write.
 */
export function assessDataNodes(inspections: readonly DataNodeInspection[]): Finding[] {
  if (inspections.length === 0) return [warn('DataNodes', 'the NameNode named none')];
  const reached = inspections.filter(({ failure }) => failure === undefined).map(addressOf);
  const away = inspections.flatMap((inspection) =>
    inspection.failure === undefined ? [] : [unreachable(addressOf(inspection), inspection.failure)],
  );
  return [...(reached.length > 0 ? [ok('DataNodes', `${reached.join(', ')} can be reached`)] : []), ...away];
}

const addressOf = ({ host, port }: DataNodeInspection): string => `${host}:${port}`;

function unreachable(address: string, failure: string): Finding {
  const advice = adviceFor({ reason: failure, message: failure });
  const redirected = `the NameNode sends the sink there by this name (dfs.datanode.hostname on that DataNode)`;
  return warn(
    'DataNodes',
    `${address} cannot be reached: ${failure}`,
    advice === undefined ? redirected : `${advice}\n${redirected}`,
  );
}
