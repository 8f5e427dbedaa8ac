import { connect } from 'node:net';

const API_VERSIONS = 18;
const ANSWER_WITHIN_MS = 2_000;

/**
 * An ApiVersions request, version 0, which has a header and no body.
 *
 * https://kafka.apache.org/protocol#The_Messages_ApiVersions
 */
function apiVersionsRequest(correlationId: number): Buffer {
  const clientId = Buffer.from('ready?');
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(API_VERSIONS, 4);
  request.writeInt16BE(0, 6);
  request.writeInt32BE(correlationId, 8);
  request.writeInt16BE(clientId.length, 12);
  clientId.copy(request, 14);
  return request;
}

/**
 * Whether a broker answers on this port of 127.0.0.1. A KRaft broker answers no request before its
 * controller has registered it.
 */
export function kafkaAnswers(port: number): Promise<boolean> {
  const correlationId = 1 + Math.floor(Math.random() * 1_000_000);
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(apiVersionsRequest(correlationId)));
    let answer = Buffer.alloc(0);
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(ANSWER_WITHIN_MS, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      // The answer begins with its length, the correlation id and the error code.
      if (answer.length >= 10) end(answer.readInt32BE(4) === correlationId && answer.readInt16BE(8) === 0);
    });
  });
}
