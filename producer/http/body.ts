import { MIMEType } from 'node:util';
import * as v from 'valibot';
import { eventInput, issueMessage, MAX_PROPERTIES, TOO_MANY_PROPERTIES } from '../contract/event.ts';
import type { ParsedEvent } from '../events/collector.ts';
import { CollectorError, nameSome } from '../events/errors.ts';
import type { BodyBudget } from './body-budget.ts';
import { type Losses, lossesOf } from './json-losses.ts';

/**
 * Takes `text/plain` because a page may send this type without a preflight. `sendBeacon` cannot
 * wait for a preflight while its page goes away.
 */
const MEDIA_TYPES: readonly string[] = ['application/json', 'text/plain'];
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** A body of at most this size is read by the quicker way, and reserves its declared length. */
const SMALL_BYTES = 8_192;

/** A body as JSON, with what is wrong with its events although JSON.parse takes it. */
export interface JsonBody {
  readonly json: unknown;
  readonly losses: Losses;
}

/**
 * Reads a body as JSON, and no more bytes than the budget allows.
 *
 * @throws {CollectorError}
 *   `unsupported_media_type`, `payload_too_large`, `invalid_request`, `overloaded`
 */
export async function readJson(request: Request, budget: BodyBudget): Promise<JsonBody> {
  requireMediaType(request.headers);
  const bytes = await readBytes(request, budget);
  let text: string;
  try {
    text = UTF_8.decode(bytes);
  } catch (error) {
    throw invalidRequest('the body is not UTF-8', error);
  }
  try {
    return withLosses(JSON.parse(text), text);
  } catch {
    // Without a cause: the message of the parser's error quotes the body, which must not reach a
    // log.
    throw invalidRequest('the body is not JSON');
  }
}

const NO_LOSSES: Losses = new Map();

/** Most bodies are as JSON.stringify writes them. Such a body loses nothing in JSON.parse. */
function withLosses(json: unknown, text: string): JsonBody {
  return { json, losses: JSON.stringify(json) === text ? NO_LOSSES : lossesOf(text) };
}

/**
 * Reads one event of a body, and names every mistake.
 *
 * @param problems the mistakes that are known already
 */
export function readEvent(json: unknown, problems: readonly string[] = []): ParsedEvent {
  const overlooked = findOverlooked(json);
  if (overlooked !== undefined) return invalidEvent([overlooked, ...problems]);
  const result = v.safeParse(eventInput, json);
  if (result.success && problems.length === 0) return { is: 'valid', input: result.output };
  return invalidEvent([...(result.issues ?? []).map(issueMessage), ...problems]);
}

/**
 * Finds what Valibot overlooks. Valibot takes a list for an object, and leaves out the names below
 * without a word. Valibot also makes an issue of every wrong property. A megabyte of wrong
 * properties kept the process busy for seconds, and the answer named only twenty.
 */
function findOverlooked(json: unknown): string | undefined {
  if (Array.isArray(json)) return 'the event is not a JSON object';
  const properties: unknown = Object(json).properties;
  if (Array.isArray(properties)) return 'properties is not a JSON object';
  if (typeof properties === 'object' && Object.keys(Object(properties)).length > MAX_PROPERTIES) {
    return TOO_MANY_PROPERTIES;
  }
  const alike = findAlike(Object.keys(Object(properties)));
  if (alike !== undefined) return `properties: ${alike} differ only in case, which many readers do not tell`;
  const name = ['__proto__', 'prototype', 'constructor'].find((no) => Object.hasOwn(Object(properties), no));
  return name === undefined ? undefined : `properties: "${name}" is not a valid name`;
}

/** Finds two names that Hive, and others that do not tell case apart, take for one column. */
function findAlike(names: readonly string[]): string | undefined {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) return `"${other}" and "${name}"`;
    seen.set(name.toLowerCase(), name);
  }
  return undefined;
}

function invalidEvent(all: readonly string[]): ParsedEvent {
  const problems = nameSome(all);
  return { is: 'invalid', error: new CollectorError('invalid_request', problems.join('; '), { problems }) };
}

function requireMediaType(headers: Headers): void {
  if (!isMediaType(headers.get('content-type') ?? '')) {
    throw new CollectorError(
      'unsupported_media_type',
      'Content-Type must be application/json or text/plain, in UTF-8',
    );
  }
  const encoding = headers.get('content-encoding')?.trim() || 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new CollectorError(
      'unsupported_media_type',
      `Content-Encoding must not be ${encoding.slice(0, 80)}`,
    );
  }
}

/** Media types are parsed (https://mimesniff.spec.whatwg.org/), because UTF-8 has several labels. */
function isMediaType(contentType: string): boolean {
  try {
    const { essence, params } = new MIMEType(contentType);
    const charset = params.get('charset') ?? 'utf-8';
    return MEDIA_TYPES.includes(essence) && new TextDecoder(charset).encoding === 'utf-8';
  } catch {
    return false;
  }
}

/** Reads a large body, or a body without a declared length, piece by piece within the budget. */
async function readBytes(request: Request, budget: BodyBudget): Promise<Uint8Array> {
  const { maxBodyBytes } = budget;
  const declared = request.headers.get('content-length');
  if (Number(declared) > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
  const isSmall = declared !== null && Number(declared) <= SMALL_BYTES;
  try {
    const bytes = isSmall
      ? await readSmall(request, Number(declared), budget)
      : await gather(request.body?.getReader(), budget);
    if (bytes.length > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
    return bytes;
  } catch (error) {
    throw error instanceof CollectorError ? error : invalidRequest('the body broke off', error);
  }
}

async function readSmall(request: Request, declared: number, budget: BodyBudget): Promise<Uint8Array> {
  if (!budget.reserveSmall(declared)) throw budgetSpent();
  try {
    return new Uint8Array(await request.arrayBuffer());
  } finally {
    budget.release(declared);
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function gather(reader: Reader | undefined, budget: BodyBudget): Promise<Uint8Array> {
  const { maxBodyBytes } = budget;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { value: chunk } = (await reader?.read()) ?? {};
      if (!chunk) return Buffer.concat(chunks);
      if (length + chunk.length > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
      if (!budget.reserveLarge(chunk.length)) throw budgetSpent();
      length += chunk.length;
      chunks.push(chunk);
    }
  } catch (error) {
    void drop(reader);
    throw error;
  } finally {
    budget.release(length);
  }
}

/**
 * Reads a body on to its end and drops it. Most clients send a whole body before they read the
 * answer. If the connection closed earlier, they would see it break instead of the answer.
 */
async function drop(reader: Reader | undefined): Promise<void> {
  try {
    while ((await reader?.read())?.done === false);
  } catch {
    // The client has gone, or took too long.
  }
}

function budgetSpent(): CollectorError {
  return new CollectorError('overloaded', 'The event was not stored: too many bodies are coming in');
}

function bodyTooLarge(maxBodyBytes: number): CollectorError {
  return new CollectorError(
    'payload_too_large',
    `The body has more than ${maxBodyBytes} bytes; send smaller batches`,
  );
}

function invalidRequest(problem: string, cause?: unknown): CollectorError {
  return new CollectorError('invalid_request', problem, { problems: [problem], cause });
}
