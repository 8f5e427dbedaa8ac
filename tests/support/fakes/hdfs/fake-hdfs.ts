import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  FileEncryptionInfo_Suite,
  FileEncryptionInfo_Version,
  FileEncryptionInfoSchema,
  type FsServerDefaultsSchema,
  HdfsFileStatus_FileType,
  type HdfsFileStatusSchema,
  StorageType,
} from '../../../../sink/hdfs/generated/hdfs_pb.ts';
import { FakeDataNode } from './fake-data-node.ts';
import { FakeNameNode, type NameNodeScript } from './fake-name-node.ts';
import { Replicas } from './replicas.ts';
import { CHECKSUM } from './transfer-bytes.ts';

export const BLOCK_BYTES = 4096;

const TOKEN = { identifier: Buffer.alloc(0), password: Buffer.alloc(0), kind: '', service: '' };

/** The status of a file in the answers of a NameNode. */
export const FILE_STATUS: MessageInitShape<typeof HdfsFileStatusSchema> = {
  fileType: HdfsFileStatus_FileType.FILE,
  path: Buffer.from('file'),
  length: 0n,
  permission: { permission: 0o644 },
  owner: 'o',
  group: 'g',
  modificationTime: 1n,
  accessTime: 1n,
  blockSize: BigInt(BLOCK_BYTES),
};

/** What a NameNode tells of a file in an encryption zone. */
export const ENCRYPTED = {
  fileEncryptionInfo: create(FileEncryptionInfoSchema, {
    suite: FileEncryptionInfo_Suite.AES_CTR_NOPADDING,
    cryptoProtocolVersion: FileEncryptionInfo_Version.ENCRYPTION_ZONES,
    key: Buffer.alloc(16),
    iv: Buffer.alloc(16),
    keyName: 'key',
    ezKeyVersionName: 'key@0',
  }),
};

export const DEFAULTS: MessageInitShape<typeof FsServerDefaultsSchema> = {
  blockSize: BigInt(BLOCK_BYTES),
  bytesPerChecksum: CHECKSUM.bytesPerChecksum,
  writePacketSize: 65_536,
  replication: 3,
  fileBufferSize: 4096,
  checksumType: CHECKSUM.type,
};

/** A NameNode with one file, and DataNodes with its blocks. */
export class FakeHdfs {
  readonly nameNode: FakeNameNode;
  readonly dataNodes: readonly FakeDataNode[];
  /** The answers of a healthy NameNode. A test replaces some of them in `nameNode.script`. */
  readonly script: NameNodeScript;
  readonly #replicas: Replicas;
  #blockIds: bigint[] = [];
  #generationStamp = 1000n;
  #lastBlockId = 0n;

  private constructor(nameNode: FakeNameNode, dataNodes: readonly FakeDataNode[], replicas: Replicas) {
    this.nameNode = nameNode;
    this.dataNodes = dataNodes;
    this.#replicas = replicas;
    this.script = this.#goodScript();
    nameNode.script = { ...this.script };
  }

  static async start(dataNodes = 3): Promise<FakeHdfs> {
    const replicas = new Replicas();
    const nodes = Array.from({ length: dataNodes }, () => FakeDataNode.start(replicas));
    return new FakeHdfs(await FakeNameNode.start(), await Promise.all(nodes), replicas);
  }

  /** The content of all blocks, in order. */
  get content(): Buffer {
    return Buffer.concat(this.#blockIds.map((id) => this.#replicas.of(id)));
  }

  /** Faults in the packets that the client sent, of all DataNodes. */
  get complaints(): readonly string[] {
    return this.dataNodes.flatMap(({ complaints }) => complaints);
  }

  get connectedToDataNodes(): number {
    return this.dataNodes.reduce((sum, { server }) => sum + server.connected, 0);
  }

  node(index: number): FakeDataNode {
    const node = this.dataNodes[index];
    if (!node) throw new RangeError(`no DataNode ${index}`);
    return node;
  }

  /** Adds a block at the end of the file. */
  addBlock(content = Buffer.alloc(0)): bigint {
    this.#lastBlockId += 1n;
    const id = this.#lastBlockId;
    this.#blockIds.push(id);
    this.#replicas.put(id, content);
    return id;
  }

  located(id: bigint, nodes: readonly FakeDataNode[] = this.dataNodes) {
    const index = this.#blockIds.indexOf(id);
    const before = this.#blockIds.slice(0, index);
    return {
      block: {
        poolId: 'pool',
        blockId: id,
        generationStamp: this.#generationStamp,
        bytes: BigInt(this.#replicas.of(id).length),
      },
      offset: before.reduce((sum, each) => sum + BigInt(this.#replicas.of(each).length), 0n),
      locations: nodes.map(({ info }) => info),
      storageTypes: nodes.map(() => StorageType.DISK),
      storageIds: nodes.map(({ info }) => `storage-${info.id.uuid}`),
      corrupt: false,
      token: TOKEN,
    };
  }

  async stop(): Promise<void> {
    await Promise.all([this.nameNode, ...this.dataNodes].map(({ server }) => server.stop()));
  }

  #goodScript(): NameNodeScript {
    return {
      getServerDefaults: () => ({ defaults: DEFAULTS }),
      create: () => ({ status: FILE_STATUS }),
      append: () => ({ block: this.located(this.#blockIds.at(-1) ?? 0n), status: FILE_STATUS }),
      addBlock: ({ excludeNodes }) => {
        const excluded = excludeNodes.map(({ id }) => id?.uuid);
        const nodes = this.dataNodes.filter(({ info }) => !excluded.includes(info.id.uuid));
        return { block: this.located(this.addBlock(), nodes) };
      },
      abandonBlock: ({ block }) => {
        this.#blockIds = this.#blockIds.filter((id) => id !== block?.blockId);
        return {};
      },
      updateBlockForPipeline: ({ block }) => {
        this.#generationStamp += 1n;
        return { block: this.located(block?.blockId ?? 0n, []) };
      },
      updatePipeline: () => ({}),
      complete: () => ({ result: true }),
      getFileInfo: () => ({ status: FILE_STATUS }),
      renewLease: () => ({}),
      fsync: () => ({}),
      getBlockLocations: () => ({
        locations: {
          fileBytes: BigInt(this.content.length),
          blocks: this.#blockIds.map((id) => this.located(id)),
          underConstruction: false,
          isLastBlockComplete: true,
        },
      }),
    };
  }
}
