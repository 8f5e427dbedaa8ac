import { type Finding, ok, warn } from '../../infra/runtime/finding.ts';
import { adviceFor } from './advice.ts';
import type { DataNodeLook } from './data-node-inspection.ts';

/** Only warnings: whether the sink could write all the same, the trial says. */
export function judgeDataNodes(looks: readonly DataNodeLook[]): Finding[] {
  if (looks.length === 0) return [warn('DataNodes', 'the NameNode named none')];
  const reached = looks.filter(({ failure }) => failure === undefined).map(address);
  const away = looks.flatMap((look) =>
    look.failure === undefined ? [] : [unreachable(address(look), look.failure)],
  );
  return [...(reached.length > 0 ? [ok('DataNodes', `${reached.join(', ')} can be reached`)] : []), ...away];
}

const address = ({ host, port }: DataNodeLook): string => `${host}:${port}`;

function unreachable(where: string, failure: string): Finding {
  const advice = adviceFor({ reason: failure, message: failure }, '');
  const redirected = `the NameNode sends the sink there by this name (dfs.datanode.hostname on that DataNode)`;
  return warn(
    'DataNodes',
    `${where} cannot be reached: ${failure}`,
    advice === undefined ? redirected : `${advice}\n${redirected}`,
  );
}
