import { setTimeout as delay } from 'node:timers/promises';
import type { FileSystem } from '../../storage/file-system.ts';
import type { Inspector, Layout } from '../inspector/inspector.ts';
import { refusalOf } from './refusal.ts';

/** The file of the trial, as HDFS keeps it while it is open. */
export interface FileInspection extends Layout {
  /** The replicas of the block; undefined where this HDFS does not tell. */
  readonly replicas: number | undefined;
  /** Why HDFS did not tell the length of the open file; undefined where it did. */
  readonly lengthFailure: string | undefined;
}

const ASK_AGAIN_MS = 200;
const REPLICAS_WITHIN_MS = 3_000;

/** @throws {FileSystemError} */
export async function inspectFile(
  files: FileSystem,
  inspector: Inspector,
  path: string,
): Promise<FileInspection> {
  const lengthFailure = (await refusalOf(files.readableBytes(path)))?.message;
  const layout = await inspector.layout(path);
  const replicas = await countReplicas(inspector, path, layout.replication);
  return { ...layout, replicas, lengthFailure };
}

/** A DataNode may report a replica a moment after the append. */
async function countReplicas(
  inspector: Inspector,
  path: string,
  wanted: number,
): Promise<number | undefined> {
  const deadlineMs = performance.now() + REPLICAS_WITHIN_MS;
  for (;;) {
    const replicas = await inspector.replicas(path);
    if (replicas === undefined || replicas >= wanted || performance.now() > deadlineMs) return replicas;
    await delay(ASK_AGAIN_MS);
  }
}
