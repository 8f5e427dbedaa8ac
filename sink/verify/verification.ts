import type { OffsetRange } from '../../infra/kafka/offsets.ts';
import { FileSystemError } from '../storage/errors.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { Merge } from './merge.ts';
import { PartitionAudit } from './partition-audit.ts';
import { type FileEnd, FileReader } from './reading/file-reader.ts';
import { type Listing, listTopic } from './reading/listing.ts';
import { inOrder, type StoredFile } from './reading/stored-file.ts';
import { type TopicReader, TopicReaderError } from './reading/topic-reader.ts';
import type { Verdict } from './verdict.ts';
import { checkWriter, missingInLedger } from './writer-findings.ts';

export interface VerificationOptions {
  readonly topic: string;
  /** The folder of the topic in HDFS. */
  readonly folder: string;
  readonly reader: TopicReader;
  readonly files: FileSystem;
  /** The topic's id; undefined where the brokers tell none. */
  readonly topicId: string | undefined;
  readonly settled: boolean;
  readonly compacted: boolean;
  /** Called often, with the number of the topic's offsets that are accounted for. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface VerificationOutcome {
  readonly verdicts: readonly Verdict[];
  /**
   * Files in the ledger, or in folders that readers look into. They are no segments, or lie where
   * no segment belongs.
   */
  readonly strays: readonly string[];
}

const NOTHING: OffsetRange = { low: 0, high: 0 };

/**
 * Compares a topic with HDFS. It asks Kafka for its offsets first, and lists HDFS second. Then it
 * reads each partition alone, its lines beside its records. So it judges everything that was
 * written before it began, and later lines are no fault. It holds the list of files and a few
 * chunks, however many lines there are.
 */
export class Verification {
  readonly #options: VerificationOptions;
  #total = 0;
  #done = 0;

  constructor(options: VerificationOptions) {
    this.#options = options;
  }

  /**
   * @throws {TopicReaderError} where Kafka does not tell its offsets
   * @throws {FileSystemError} where HDFS does not list its files
   */
  async run(): Promise<VerificationOutcome> {
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
    const { reader } = this.#options;
    const partitions = await reader.partitions();
    const asked = partitions.map(async (partition) => [partition, await reader.range(partition)] as const);
    return new Map(await Promise.all(asked));
  }

  #list(): Promise<Listing> {
    const { files, folder, topic } = this.#options;
    return listTopic(files, folder, topic);
  }

  /**
   * @param known undefined for a partition that the topic does not have: its lines have no records
   */
  async #verify(partition: number, known: OffsetRange | undefined, listing: Listing): Promise<Verdict> {
    const { settled, compacted } = this.#options;
    const audit = new PartitionAudit({ partition, ...(known ?? NOTHING), settled, compacted });
    const writer = listing.writers.find((found) => found.partition === partition);
    if (writer) checkWriter(writer, this.#options.topicId, audit);
    try {
      await this.#checkLedger(partition, listing, audit);
      await this.#compare(audit, this.#merge(audit, partition, known), filesOf(partition, listing));
    } catch (error) {
      // Other partitions may still be readable.
      if (!(error instanceof FileSystemError || error instanceof TopicReaderError)) throw error;
      audit.fail(error.message);
    }
    return audit.verdict();
  }

  /**
   * The listing shows the ledger before the published files. A published file may belong to a
   * partition that began between. So a missing part is looked up again.
   */
  async #checkLedger(partition: number, listing: Listing, audit: PartitionAudit): Promise<void> {
    if (missingInLedger(partition, listing) === undefined) return;
    const missing = missingInLedger(partition, await this.#list());
    if (missing === undefined) return;
    audit.noteFault('misnamed', `${missing} is missing: the next claim stores everything once more`);
  }

  #merge(audit: PartitionAudit, partition: number, known: OffsetRange | undefined): Merge {
    const { reader } = this.#options;
    const range = known ?? NOTHING;
    const askBounds = async () => (known ? reader.range(partition) : NOTHING);
    return new Merge({ audit, records: reader.records(partition, range), range, askBounds });
  }

  async #compare(audit: PartitionAudit, merge: Merge, files: readonly StoredFile[]): Promise<void> {
    for (const file of files) {
      audit.beginFile(file);
      const { file: end, restBytes } = await this.#readLines(file, merge);
      audit.endFile(end, restBytes, file === files.at(-1) && end.last === undefined);
    }
    await merge.end();
  }

  async #readLines(file: StoredFile, merge: Merge): Promise<FileEnd> {
    const { files, onProgress } = this.#options;
    const chunks = new FileReader(file, { files, find: (lost) => this.#find(lost) }).read();
    for (;;) {
      const { done, value } = await chunks.next();
      if (done) return value;
      await merge.addLines(value);
      onProgress(this.#done + merge.done, this.#total);
    }
  }

  /**
   * Finds a file that has another path now. A claim and a publish rename a segment. A copy of
   * another id replaces a segment whose lease was not released.
   */
  async #find({ id, partition, first }: StoredFile): Promise<StoredFile | undefined> {
    const { files } = await this.#list();
    const isSuccessor = (file: StoredFile) => file.partition === partition && file.first === first;
    return files.find((file) => file.id === id) ?? files.find(isSuccessor);
  }
}

const filesOf = (partition: number, { files }: Listing): StoredFile[] =>
  files.filter((file) => file.partition === partition).sort(inOrder);
