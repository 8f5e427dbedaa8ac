import { get, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { HdfsReaderConfig } from './reader-config.ts';

export interface HdfsFile {
  readonly path: string;
  readonly bytes: number;
}

interface FileStatus {
  readonly pathSuffix: string;
  readonly type: 'FILE' | 'DIRECTORY';
  readonly length: number;
}

/** HDFS answered with an exception. */
export class HdfsAnswerError extends Error {
  override readonly name = 'HdfsAnswerError';

  get isNotFound(): boolean {
    return this.message.startsWith('FileNotFoundException');
  }
}

const ANSWER_WITHIN_MS = 10_000;
const ATTEMPTS = 6;
const BETWEEN_ATTEMPTS_MS = 1_000;

/**
 * All files at and below a path in the order of their names.
 *
 * @throws {HdfsAnswerError} where the path does not exist
 */
export async function* filesBelow(config: HdfsReaderConfig, path: string): AsyncGenerator<HdfsFile> {
  const statuses = await statusesOf(config, path);
  for (const { pathSuffix, type, length } of statuses) {
    const child = pathSuffix === '' ? path : `${path.replace(/\/$/, '')}/${pathSuffix}`;
    if (type === 'DIRECTORY') yield* filesBelow(config, child);
    else yield { path: child, bytes: length };
  }
}

async function statusesOf(config: HdfsReaderConfig, path: string): Promise<readonly FileStatus[]> {
  const response = await ask(config, path, 'op=LISTSTATUS');
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) body += chunk;
  return JSON.parse(body).FileStatuses.FileStatus;
}

/**
 * The bytes of a file. While the sink appends to a file, reading it can fail for some seconds. A
 * failed read is therefore tried again, from the byte at which it failed.
 */
export async function* contentOf(config: HdfsReaderConfig, file: HdfsFile): AsyncGenerator<Buffer> {
  let offset = 0;
  let failure: unknown;
  for (let attempt = 1; attempt <= ATTEMPTS && offset < file.bytes; attempt += 1) {
    if (attempt > 1) await delay(BETWEEN_ATTEMPTS_MS);
    try {
      for await (const chunk of await ask(config, file.path, `op=OPEN&offset=${offset}`)) {
        offset += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (error instanceof HdfsAnswerError && error.isNotFound) throw error;
      failure = error;
    }
  }
  if (offset < file.bytes)
    throw failure ?? new Error(`${file.path} ended at byte ${offset} of ${file.bytes}`);
}

/** Asks the NameNodes in turn. The standby of an HA pair refuses with a StandbyException. */
async function ask(config: HdfsReaderConfig, path: string, query: string): Promise<IncomingMessage> {
  const user = `&user.name=${encodeURIComponent(config.user)}`;
  const failures: unknown[] = [];
  for (const url of config.urls) {
    try {
      return await answer(`${url}/webhdfs/v1${encodeURI(path).replaceAll('?', '%3F')}?${query}${user}`);
    } catch (error) {
      if (error instanceof HdfsAnswerError && !error.message.startsWith('StandbyException')) throw error;
      failures.push(error);
    }
  }
  throw failures.at(-1);
}

/** Follows the NameNode's redirect to the DataNode that has the block. */
async function answer(url: string): Promise<IncomingMessage> {
  const response = await getResponse(url);
  if (response.statusCode === 200) return response;
  const location = response.headers.location;
  if (response.statusCode === 307 && location !== undefined) {
    response.resume();
    return answer(location);
  }
  let body = '';
  for await (const chunk of response) body += chunk;
  throw new HdfsAnswerError(exceptionOf(body) ?? `HTTP ${response.statusCode}`);
}

function exceptionOf(body: string): string | undefined {
  try {
    const { exception, message } = JSON.parse(body).RemoteException;
    return `${exception}: ${String(message).split('\n')[0]}`;
  } catch {
    return undefined;
  }
}

function getResponse(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: ANSWER_WITHIN_MS }, resolve);
    request.once('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)));
    request.once('error', reject);
  });
}
