/** A record of the topic. */
export interface ExpectedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly value: Buffer | null;
}

/** A file in HDFS. */
export interface StoredFile {
  readonly path: string;
  readonly partition: number;
  /** The first offset in its name. */
  readonly first: number;
  /** The last offset in its name; undefined while it is not published. */
  readonly last: number | undefined;
  readonly content: Buffer;
}

/**
 * Every breach of "each offset exactly once, in order, no torn line", in words. All empty where
 * nothing is wrong.
 */
export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly reordered: readonly string[];
  readonly torn: readonly string[];
  /** Lines that differ from their record, and files whose names differ from their lines. */
  readonly false: readonly string[];
}

export const CLEAN: Verdict = { lost: [], doubled: [], reordered: [], torn: [], false: [] };

interface StoredLine {
  readonly partition: number;
  readonly offset: number;
  readonly text: string;
  readonly where: string;
}

type Findings = { -readonly [K in keyof Verdict]: string[] };

/**
 * Compares the files in HDFS with the records of the topic. It shares no code with the sink. It has
 * its own knowledge of the layout and of the line format.
 */
export function judge(expected: readonly ExpectedRecord[], files: readonly StoredFile[]): Verdict {
  const findings: Findings = { lost: [], doubled: [], reordered: [], torn: [], false: [] };
  const partitions = new Set([...expected, ...files].map((item) => item.partition));
  for (const partition of partitions) {
    const own = files.filter((file) => file.partition === partition).sort((a, b) => a.first - b.first);
    const lines = own.flatMap((file) => readLines(file, findings));
    const records = expected.filter((record) => record.partition === partition);
    compare(partition, records, lines, findings);
  }
  return findings;
}

function readLines(file: StoredFile, findings: Findings): StoredLine[] {
  const texts = file.content.toString().split('\n');
  const rest = texts.pop();
  if (rest !== '') findings.torn.push(`${file.path} ends within a line: ${rest?.slice(0, 80)}`);
  const lines = texts.flatMap((text, index) => readLine(text, `${file.path}:${index + 1}`, findings));
  checkName(file, lines, findings);
  return lines;
}

function readLine(text: string, where: string, findings: Findings): StoredLine[] {
  try {
    const { kafka_partition: partition, kafka_offset: offset } = JSON.parse(text);
    if (Number.isInteger(partition) && Number.isInteger(offset)) return [{ partition, offset, text, where }];
  } catch {
    // The finding follows below.
  }
  findings.torn.push(`${where} is no complete line: ${text.slice(0, 80)}`);
  return [];
}

function checkName(file: StoredFile, lines: readonly StoredLine[], findings: Findings): void {
  const [first, last] = [lines[0], lines.at(-1)];
  const foreign = lines.find((line) => line.partition !== file.partition);
  if (foreign) findings.false.push(`${foreign.where} is of partition ${foreign.partition}`);
  if (first && first.offset < file.first)
    findings.false.push(`${file.path} begins with offset ${first.offset}`);
  if (file.last !== undefined && last?.offset !== file.last) {
    findings.false.push(`${file.path} ends with offset ${last?.offset}`);
  }
}

function compare(
  partition: number,
  records: readonly ExpectedRecord[],
  lines: readonly StoredLine[],
  findings: Findings,
): void {
  const byOffset = new Map<number, StoredLine>();
  let highest = -1;
  for (const line of lines) {
    const before = byOffset.get(line.offset);
    if (before) findings.doubled.push(`${line.where} and ${before.where} are both offset ${line.offset}`);
    else if (line.offset < highest) findings.reordered.push(`${line.where}: ${line.offset} after ${highest}`);
    byOffset.set(line.offset, line);
    highest = Math.max(highest, line.offset);
  }
  for (const record of records) {
    const line = byOffset.get(record.offset);
    if (!line) findings.lost.push(`partition ${partition} offset ${record.offset}`);
    else if (!isLineOf(record, line.text))
      findings.false.push(`${line.where} is not its record: ${line.text}`);
    byOffset.delete(record.offset);
  }
  for (const line of byOffset.values()) findings.false.push(`${line.where} has no record`);
}

/**
 * Accepts two forms of a line: the text of the record with its position, or a rejected line with
 * the record's bytes. Other tests look at which records are rejected, and why.
 */
function isLineOf({ partition, offset, value }: ExpectedRecord, text: string): boolean {
  const position = `"kafka_partition":${partition},"kafka_offset":${offset}}`;
  if (text === `${value?.subarray(0, -1).toString()},${position}`) return true;
  // The Kafka client reads an empty value and a missing value alike.
  const kept = value?.length ? JSON.stringify(value.toString('base64')) : 'null';
  return text.startsWith('{"kafka_rejected":"') && text.endsWith(`,"kafka_value":${kept},${position}`);
}
