import { lagOf, type PartitionReport, UNREAD, type WorkerHealth } from './report.ts';

/** The state of the sink in one line for an operator. `systemctl status` shows it. */
export function statusLine(workers: readonly WorkerHealth[]): string {
  const reports = workers.flatMap((worker) => (worker.state === 'answers' ? [worker.report] : []));
  const partitions = distinct(reports.flatMap((report) => report.partitions));
  const writing = partitions.filter(({ state }) => state === 'writing').length;
  const behind = partitions.reduce((sum, partition) => sum + (lagOf(partition) ?? 0), 0);
  const parts = [`${writing} of ${partitions.length} partitions written, ${behind} records behind`];
  const silent = workers.length - reports.length;
  if (silent > 0) parts.push(`${silent} of ${workers.length} workers do not answer`);
  for (const { standstill } of reports) if (standstill !== undefined) parts.push(standstill);
  const troubled = partitions.find(({ reason }) => reason !== undefined);
  if (troubled) parts.push(`partition ${troubled.partition} ${troubled.state}: ${troubled.reason}`);
  return parts.join('; ');
}

/** Every worker reports a partition that nobody reads, until it hears of the reader. */
function distinct(reports: readonly PartitionReport[]): readonly PartitionReport[] {
  const unreadFirst = reports.toSorted((a, b) => Number(b.state === UNREAD) - Number(a.state === UNREAD));
  return [...new Map(unreadFirst.map((report) => [report.partition, report])).values()];
}
