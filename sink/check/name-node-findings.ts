import { type Finding, fail, ok, warn } from '../../infra/runtime/finding.ts';
import { adviceFor } from './advice.ts';
import type { NameNodeLook } from './inspector/inspector.ts';

/** One finding an address. A standby is as good as can be; one that is away matters as much as the others are away. */
export function judgeNameNodes(looks: readonly NameNodeLook[], user: string): Finding[] {
  const served = looks.some(({ state }) => state === 'active');
  const findings = looks.map(({ url, state }) => {
    if (typeof state === 'string') return ok('NameNode', `${url} is ${state}`);
    const advice = adviceFor(state, user);
    if (!served) return fail('NameNode', `${url}: ${state.message}`, advice);
    const meanwhile = 'the sink works with the other one, but not after a failover to this one';
    return warn(
      'NameNode',
      `${url}: ${state.message}`,
      advice === undefined ? meanwhile : `${advice}\n${meanwhile}`,
    );
  });
  const serving = looks.filter(({ state }) => state === 'active').length;
  if (serving > 1) return [...findings, severalServe(serving)];
  if (served || looks.every(({ state }) => state !== 'standby')) return findings;
  const advice = 'make one active: "hdfs haadmin -getAllServiceState", then -failover or -transitionToActive';
  return [...findings, fail('NameNode', 'none of them is active', advice)];
}

/** A claim shuts others out within one cluster, and by a NameNode that knows of it. */
function severalServe(serving: number): Finding {
  return warn(
    'NameNode',
    `${serving} of them serve at once`,
    'right for gateways of one cluster alone: with NameNodes of two clusters, or an observer, exactly-once is lost; mend HDFS_URL',
  );
}
