import { setTimeout as delay } from 'node:timers/promises';
import { WRITERS } from '../../../sink/ledger/layout.ts';
import type { HdfsFault, Target } from '../proxy/hdfs-fault.ts';
import type { Stage } from './stage.ts';

/** A kind of request that changes HDFS. */
export interface ChangingRequest {
  readonly target: Target;
  /**
   * The fault of an append after which the sink sends such a request. Rolls and publishes need no
   * fault.
   */
  readonly provokedBy?: HdfsFault;
}

const PROBE_LENGTH = String(2n ** 62n);
const destination = (query: URLSearchParams): string => query.get('destination') ?? '';

/** Every kind of request while a partition is written, except those of the first claim. */
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

/**
 * A cut append leaves nothing to truncate where none of its bytes reached the file. So `strike`
 * cuts another append after this time.
 */
const PROVOKE_AGAIN_MS = 10_000;

/** Makes a request of this kind go wrong. Resolves once it has. */
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
