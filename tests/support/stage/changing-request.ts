import { setTimeout as delay } from 'node:timers/promises';
import { WRITERS } from '../../../sink/ledger/layout.ts';
import type { HdfsFault, Target } from '../proxy/hdfs-fault.ts';
import type { Stage } from './stage.ts';

/** A kind of request that changes HDFS. */
export interface ChangingRequest {
  readonly target: Target;
  /** What has to befall an append for the sink to send one; rolls and publishes come by themselves. */
  readonly provokedBy?: HdfsFault;
}

const PROBE_LENGTH = String(2n ** 62n);
const destination = (query: URLSearchParams): string => query.get('destination') ?? '';

/** Each kind there is while a partition is written, the first claim's aside. */
export const CHANGING_REQUESTS: readonly ChangingRequest[] = [
  { target: { op: 'APPEND' } },
  { target: { op: 'CREATE' } },
  { target: { op: 'MKDIRS', path: /\/dt=/ } },
  { target: { op: 'RENAME', where: (query) => destination(query).includes('/dt=') } },
  {
    target: { op: 'RENAME', where: (query) => destination(query).includes(`/${WRITERS}/`) },
    provokedBy: { kind: 'refuse' },
  },
  {
    target: { op: 'TRUNCATE', where: (query) => query.get('newlength') !== PROBE_LENGTH },
    provokedBy: { kind: 'cut', atBytes: 100 },
  },
];

/** A cut append may leave nothing that has to be truncated, where its bytes had not reached the file yet: then the next may. */
const PROVOKE_AGAIN_MS = 10_000;

/** Resolves once the fault has befallen a request of this kind. */
export async function strike(stage: Stage, { target, provokedBy }: ChangingRequest, fault: HdfsFault) {
  let over = false;
  const befallen = stage.befalls(target, fault).finally(() => {
    over = true;
  });
  while (provokedBy && !over) {
    await stage.befalls({ op: 'APPEND' }, provokedBy);
    await Promise.race([befallen, delay(PROVOKE_AGAIN_MS)]);
  }
  await befallen;
}
