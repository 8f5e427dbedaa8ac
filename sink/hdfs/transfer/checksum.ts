import { crc32, crc32c } from '@node-rs/crc32';
import { ChecksumType } from '../generated/hdfs_pb.ts';
import { protocolError } from '../wire/errors.ts';

const BYTES_PER_SUM = 4;
/** Hadoop's default is 512. */
const MAX_BYTES_PER_CHUNK = 64 * 1024;

/** Which checksum is made of how many bytes. */
export interface ChecksumKind {
  readonly type: ChecksumType;
  readonly bytesPerChecksum: number;
}

/**
 * The checksums of data cut into chunks, one behind the other, big-endian: of each whole chunk, and of what is left.
 *
 * https://github.com/apache/hadoop/blob/trunk/hadoop-common-project/hadoop-common/src/main/java/org/apache/hadoop/util/DataChecksum.java
 */
export class ChunkChecksum {
  readonly kind: ChecksumKind;
  readonly #sum: ((chunk: Buffer) => number) | undefined;

  /** @throws {HdfsError} `protocol` where it is none that we know */
  constructor(kind: ChecksumKind) {
    if (kind.bytesPerChecksum < 1 || kind.bytesPerChecksum > MAX_BYTES_PER_CHUNK) {
      throw protocolError(`checksum of ${kind.bytesPerChecksum} bytes`, 'UnknownChecksum');
    }
    this.kind = kind;
    this.#sum = sumOf(kind.type);
  }

  /** How many bytes the checksums of so many bytes have. */
  lengthFor(bytes: number): number {
    return this.#sum === undefined ? 0 : Math.ceil(bytes / this.kind.bytesPerChecksum) * BYTES_PER_SUM;
  }

  /** @param sums where they are written to */
  of(data: Buffer, sums = Buffer.allocUnsafe(this.lengthFor(data.length))): Buffer {
    if (this.#sum === undefined) return sums;
    const { bytesPerChecksum } = this.kind;
    for (let at = 0, to = 0; to < sums.length; at += bytesPerChecksum, to += BYTES_PER_SUM) {
      sums.writeUInt32BE(this.#sum(data.subarray(at, at + bytesPerChecksum)), to);
    }
    return sums;
  }

  fits(data: Buffer, sums: Buffer): boolean {
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
