import { crc32, crc32c } from '@node-rs/crc32';
import { ChecksumType } from '../generated/hdfs_pb.ts';
import { protocolError } from '../wire/errors.ts';

const BYTES_PER_SUM = 4;
/** Hadoop's default is 512 bytes a chunk. */
const MAX_BYTES_PER_CHUNK = 64 * 1024;

/** The type of checksum, and how many bytes each checksum covers. */
export interface ChecksumKind {
  readonly type: ChecksumType;
  readonly bytesPerChecksum: number;
}

/**
 * Checksums of data that are cut into chunks: one for each whole chunk, and one for the rest.
 * They stand in the order of the chunks, big-endian.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-common-project/hadoop-common/src/main/java/org/apache/hadoop/util/DataChecksum.java
 */
export class ChunkChecksum {
  readonly kind: ChecksumKind;
  readonly #sum: ((chunk: Buffer) => number) | undefined;

  /** @throws {HdfsError} `protocol` where the type or the size of the chunks is unknown */
  constructor(kind: ChecksumKind) {
    if (kind.bytesPerChecksum < 1 || kind.bytesPerChecksum > MAX_BYTES_PER_CHUNK) {
      throw protocolError(`checksum of ${kind.bytesPerChecksum} bytes`, 'UnknownChecksum');
    }
    this.kind = kind;
    this.#sum = sumOf(kind.type);
  }

  /** The length of the checksums of this many data bytes. */
  lengthFor(bytes: number): number {
    return this.#sum === undefined ? 0 : Math.ceil(bytes / this.kind.bytesPerChecksum) * BYTES_PER_SUM;
  }

  /** @param sums receives the checksums; it has `lengthFor(data.length)` bytes */
  of(data: Buffer, sums = Buffer.allocUnsafe(this.lengthFor(data.length))): Buffer {
    if (this.#sum === undefined) return sums;
    const { bytesPerChecksum } = this.kind;
    for (let at = 0, to = 0; to < sums.length; at += bytesPerChecksum, to += BYTES_PER_SUM) {
      sums.writeUInt32BE(this.#sum(data.subarray(at, at + bytesPerChecksum)), to);
    }
    return sums;
  }

  matches(data: Buffer, sums: Buffer): boolean {
    return this.of(data).equals(sums);
  }
}

function sumOf(type: ChecksumType): ((chunk: Buffer) => number) | undefined {
  switch (type) {
    case ChecksumType.NULL:
      return undefined;
    case ChecksumType.CRC32:
      return crc32;
    case ChecksumType.CRC32C:
      return crc32c;
    default:
      throw protocolError(`checksum of type ${type}`, 'UnknownChecksum');
  }
}
