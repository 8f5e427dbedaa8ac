import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { CollectorError, type ErrorCode } from '../events/errors.ts';
import { problemBody } from '../http/answer.ts';
import { MAX_URL_LENGTH } from '../http/query.ts';

/** What Node's parser says of bytes that are no request, or of a request that never ends. */
export type ParserError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

/** The most bytes of a request's headers, address included. Beyond this Node's parser gives up. */
export const MAX_HEADER_BYTES = 16_384;
const HANG_UP_AFTER_MS = 1_000;

const NO_HTTP =
  'This is not an HTTP request. Characters beyond ASCII must be percent-encoded (curl -G --data-urlencode)';

/** Answers in the app's place, for the app never sees a request that the parser refuses. */
export function answerParserError(error: ParserError, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemBody(refusalOf(error));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // A client that does not close its side would keep the connection for ever: HTTP's own time-outs
  // no longer watch it.
  setTimeout(() => socket.destroy(), HANG_UP_AFTER_MS).unref();
}

function refusalOf(error: ParserError): CollectorError {
  const refuse = (code: ErrorCode, detail: string) => new CollectorError(code, detail, { cause: error });
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refuse('request_timeout', 'The request took too long to arrive');
    case 'HPE_HEADER_OVERFLOW':
      return isAddressTooLong(error)
        ? refuse('uri_too_long', 'The address is too long; send the event as a body to /api/events')
        : refuse('headers_too_large', `The headers have more than ${MAX_HEADER_BYTES} bytes`);
    default:
      return refuse('invalid_request', NO_HTTP);
  }
}

/** Whether the first line alone took all the room. */
function isAddressTooLong({ rawPacket }: ParserError): boolean {
  const firstLine = rawPacket?.subarray(0, MAX_URL_LENGTH);
  return (
    firstLine !== undefined && /^[A-Z]+ \//.test(firstLine.toString('latin1')) && !firstLine.includes('\n')
  );
}
