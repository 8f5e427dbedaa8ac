import { type Finding, fail, ok, warn } from '../../infra/runtime/cli/finding.ts';
import { type Actor, adviceFor } from './advice.ts';
import type { NameNodeInspection } from './inspector/inspector.ts';

/**
 * One finding for each address. A standby is as good as an active NameNode. A NameNode that does
 * not answer is a failure where no other NameNode is active, and a warning otherwise.
 */
export function assessNameNodes(inspections: readonly NameNodeInspection[], actor: Actor): Finding[] {
  const active = inspections.filter(({ state }) => state === 'active').length;
  const findings = inspections.map((inspection) => assessNameNode(inspection, active > 0, actor));
  if (active > 1) return [...findings, severalAreActive(active)];
  const isStandbyAlone = active === 0 && inspections.some(({ state }) => state === 'standby');
  return isStandbyAlone ? [...findings, noneIsActive()] : findings;
}

function assessNameNode({ url, state }: NameNodeInspection, isServed: boolean, actor: Actor): Finding {
  if (typeof state === 'string') return ok('NameNode', `${url} is ${state}`);
  const advice = adviceFor(state, actor);
  const says = `${url}: ${state.message}`;
  if (!isServed) return fail('NameNode', says, advice);
  const meanwhile = 'the sink works with the other one, but not after a failover to this one';
  return warn('NameNode', says, advice === undefined ? meanwhile : `${advice}\n${meanwhile}`);
}

function noneIsActive(): Finding {
  const advice = 'make one active: "hdfs haadmin -getAllServiceState", then -failover or -transitionToActive';
  return fail('NameNode', 'none of them is active', advice);
}

/** A claim fences within one cluster only, and only through a NameNode that knows of the claim. */
function severalAreActive(active: number): Finding {
  return warn(
    'NameNode',
    `${active} of them serve at once`,
    'right for gateways of one cluster alone: with NameNodes of two clusters, or an observer, exactly-once is lost; mend HDFS_URL',
  );
}
