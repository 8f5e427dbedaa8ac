import cluster from 'node:cluster';
import { type RoleContext, runRole } from '../infra/runtime/role.ts';
import { check } from './check.ts';
import { type ProducerConfig, printable, readConfig } from './config.ts';
import { runPrimary } from './primary.ts';
import { runProcess } from './process.ts';

/** Runs the whole producer in one process, or the primary above several workers, or a worker. */
function run(context: RoleContext<ProducerConfig>): Promise<void> {
  const supervised = cluster.isPrimary && context.config.PRODUCER_WORKERS > 1;
  return supervised ? runPrimary(context) : runProcess(context);
}

await runRole({ name: 'producer', readConfig, printable, check, run });
