import type { OffsetRange } from '../../infra/kafka/offsets.ts';
import { partitionFolder } from '../ledger/layout.ts';
import { FileSystemError } from '../storage/errors.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { Merge } from './merge.ts';
import { PartitionAudit } from './partition-audit.ts';
import { FileReader } from './reading/file-reader.ts';
import { type Listing, listTopic, type Writer } from './reading/listing.ts';
import { inOrder, type StoredFile } from './reading/stored-file.ts';
import { type TopicReader, TopicReaderError } from './reading/topic-reader.ts';
import type { Verdict } from './verdict.ts';

export interface VerificationOptions {
  readonly topic: string;
  /** Of the topic, in HDFS. */
  readonly folder: string;
  readonly reader: TopicReader;
  readonly files: FileSystem;
  /** The topic's id; undefined where the brokers give none. */
  readonly topicId: string | undefined;
  readonly settled: boolean;
  readonly compacted: boolean;
  /** Called often: how many of the topic's offsets are accounted for. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface Outcome {
  readonly verdicts: readonly Verdict[];
  /** Files where readers look, or in the ledger, that are no segments or not where one belongs. */
  readonly strays: readonly string[];
}

const NOTHING: OffsetRange = { low: 0, high: 0 };

/**
 * Holds a topic against HDFS: first what Kafka has, then what HDFS lists, then each partition by itself, its lines beside
 * its records. So whatever was written before it began is judged, and whatever comes while it goes on alarms nobody.
 * Holds the list of files and a few chunks, however many lines there are.
 */
export class Verification {
  readonly #options: VerificationOptions;
  #total = 0;
  #done = 0;

  constructor(options: VerificationOptions) {
    this.#options = options;
  }

  /**
   * @throws {TopicReaderError} where Kafka does not say what there is
   * @throws {FileSystemError} where HDFS does not
   */
  async run(): Promise<Outcome> {
    const ranges = await this.#ranges();
    const listing = await this.#list();
    this.#total = [...ranges.values()].reduce((sum, { low, high }) => sum + high - low, 0);
    const stored = [...listing.files, ...listing.writers].map(({ partition }) => partition);
    const partitions = [...new Set([...ranges.keys(), ...stored])].sort((a, b) => a - b);
    const verdicts: Verdict[] = [];
    for (const partition of partitions) {
      verdicts.push(await this.#verify(partition, ranges.get(partition), listing));
      const { low, high } = ranges.get(partition) ?? NOTHING;
      this.#done += high - low;
    }
    return { verdicts, strays: listing.strays };
  }

  async #ranges(): Promise<Map<number, OffsetRange>> {
    const ranges = new Map<number, OffsetRange>();
    for (const partition of await this.#options.reader.partitions()) {
      ranges.set(partition, await this.#options.reader.range(partition));
    }
    return ranges;
  }

  #list(): Promise<Listing> {
    const { files, folder, topic } = this.#options;
    return listTopic(files, folder, topic);
  }

  /** @param known undefined for a partition that the topic does not have: no line of it has a record */
  async #verify(partition: number, known: OffsetRange | undefined, listing: Listing): Promise<Verdict> {
    const { settled, compacted, reader } = this.#options;
    const range = known ?? NOTHING;
    const audit = new PartitionAudit({ partition, ...range, settled, compacted });
    const files = listing.files.filter((file) => file.partition === partition).sort(inOrder);
    const writer = listing.writers.find((found) => found.partition === partition);
    if (writer) this.#checkWriter(writer, audit);
    try {
      const missing = await this.#missingInLedger(partition, listing);
      if (missing !== undefined) {
        audit.note('misnamed', `${missing} is missing: the next claim stores everything once more`);
      }
      const records = reader.records(partition, range);
      const askBounds = async () => (known ? reader.range(partition) : NOTHING);
      const merge = new Merge({ audit, records, range, askBounds });
      for (const [index, file] of files.entries()) {
        await this.#readFile(file, index === files.length - 1, audit, merge);
      }
      await merge.end();
    } catch (error) {
      // The other partitions may be in better health.
      if (!(error instanceof FileSystemError || error instanceof TopicReaderError)) throw error;
      audit.fail(error.message);
    }
    return audit.verdict();
  }

  /** The ledger is listed first, so what was published may be of a partition that was begun only then: it is looked at again. */
  async #missingInLedger(partition: number, listing: Listing): Promise<string | undefined> {
    const missing = missingInLedger(partition, listing);
    return missing === undefined ? undefined : missingInLedger(partition, await this.#list());
  }

  #checkWriter({ partition, tokens, topicIds }: Writer, audit: PartitionAudit): void {
    if (tokens.length !== 1) {
      const held = tokens.length === 0 ? 'no claim' : `${tokens.length} claims`;
      audit.note('misnamed', `${partitionFolder(partition)} has ${held}, and must have one`);
    }
    const { topicId } = this.#options;
    const foreign = topicId === undefined ? undefined : topicIds.find((id) => id !== topicId);
    if (foreign !== undefined) {
      audit.note(
        'differing',
        `was stored of a topic of id ${foreign}; this one, of id ${topicId}, was made anew`,
      );
    }
  }

  async #readFile(file: StoredFile, last: boolean, audit: PartitionAudit, merge: Merge): Promise<void> {
    const { files, onProgress } = this.#options;
    const reader = new FileReader(file, { files, find: (lost) => this.#find(lost) });
    audit.beginFile(file);
    const chunks = reader.read();
    for (;;) {
      const { done, value } = await chunks.next();
      if (done) {
        audit.endFile(value.file, value.restBytes, last && value.file.last === undefined);
        return;
      }
      await merge.lines(value);
      onProgress(this.#done + merge.done, this.#total);
    }
  }

  /** A segment moves at each claim, and when it is published; and one that was held for ever is replaced by a copy, of another id. */
  async #find({ id, partition, first }: StoredFile): Promise<StoredFile | undefined> {
    const { files } = await this.#list();
    const isSuccessor = (file: StoredFile) => file.partition === partition && file.first === first;
    return files.find((file) => file.id === id) ?? files.find(isSuccessor);
  }
}

/** A writer never publishes a segment before it has made the next one. */
function missingInLedger(partition: number, { files, writers }: Listing): string | undefined {
  if (!files.some((file) => file.partition === partition)) return undefined;
  const writer = writers.find((found) => found.partition === partition);
  if (!writer) return partitionFolder(partition);
  return writer.segments === 0 ? `the segment in ${partitionFolder(partition)}` : undefined;
}
