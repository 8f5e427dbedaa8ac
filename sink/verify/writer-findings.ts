import { partitionFolder } from '../ledger/layout.ts';
import type { PartitionAudit } from './partition-audit.ts';
import type { Listing, Writer } from './reading/listing.ts';

/**
 * Notes the faults of a partition's writer: a wrong number of claims, and the id of another topic.
 */
export function checkWriter(
  { partition, tokens, topicIds }: Writer,
  topicId: string | undefined,
  audit: PartitionAudit,
): void {
  if (tokens.length !== 1) {
    const held = tokens.length === 0 ? 'no claim' : `${tokens.length} claims`;
    audit.noteFault('misnamed', `${partitionFolder(partition)} has ${held}, and must have one`);
  }
  const foreign = topicId === undefined ? undefined : topicIds.find((id) => id !== topicId);
  if (foreign !== undefined) {
    audit.noteFault(
      'differing',
      `was stored of a topic of id ${foreign}; this one, of id ${topicId}, was made anew`,
    );
  }
}

/**
 * The part of the ledger that a partition with files lacks; undefined where it is complete. A
 * writer makes the next segment before it publishes a segment, so there is always an open one.
 */
export function missingInLedger(partition: number, { files, writers }: Listing): string | undefined {
  if (!files.some((file) => file.partition === partition)) return undefined;
  const folder = partitionFolder(partition);
  const writer = writers.find((found) => found.partition === partition);
  if (!writer) return folder;
  return writer.segments === 0 ? `the segment in ${folder}` : undefined;
}
