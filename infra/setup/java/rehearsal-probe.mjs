import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

const WITHIN_MS = 60_000;
const ASK_AGAIN_MS = 200;
const ANSWER_WITHIN_MS = 5_000;

/**
 * @param {string} what
 * @param {() => Promise<boolean>} ask an error counts as no
 * @returns {Promise<void>}
 */
export async function untilTrue(what, ask) {
  const deadline = performance.now() + WITHIN_MS;
  while (performance.now() < deadline) {
    if (await ask().catch(() => false)) return;
    await delay(ASK_AGAIN_MS);
  }
  throw new Error(`${what}: not within ${WITHIN_MS} ms`);
}

/**
 * Whether somebody listens on this port of 127.0.0.1.
 *
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export async function answersTcp(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

/**
 * Writes a small file over WebHDFS, in its two steps.
 *
 * @param {string} nameNode its URL
 * @returns {Promise<boolean>} whether the DataNode has stored it
 */
export async function storesFile(nameNode) {
  // The user who started the NameNode may write anywhere.
  const query = new URLSearchParams({
    op: 'CREATE',
    overwrite: 'true',
    noredirect: 'true',
    'user.name': userInfo().username,
  });
  const { text } = await put(`${nameNode}/webhdfs/v1/rehearsal?${query}`, '');
  const { status } = await put(JSON.parse(text).Location, 'a line\n');
  return status === 201;
}

/** @typedef {[import('node:http').IncomingMessage]} Answer */

/**
 * @param {string} url
 * @param {string} body
 * @returns {Promise<{ status: number | undefined, text: string }>}
 */
async function put(url, body) {
  const headers = { 'Content-Type': 'application/octet-stream' };
  const asked = request(url, { method: 'PUT', headers, timeout: ANSWER_WITHIN_MS });
  asked.once('timeout', () => asked.destroy());
  asked.end(body);
  const [response] = /** @type {Answer} */ (await once(asked, 'response'));
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text };
}
