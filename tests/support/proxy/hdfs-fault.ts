/**
 * A request on its way through a proxy, in the words of WebHDFS. In the native protocol a packet
 * with data counts as APPEND, and a read as OPEN. A call that WebHDFS does not have keeps its
 * native name.
 */
export interface PassingRequest {
  readonly op: string;
  /** The path of the file or folder, without `/webhdfs/v1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly to: 'namenode' | 'datanode';
  /**
   * Whether this is the first of the two requests of a WebHDFS transfer. It changes nothing, and
   * its answer says where to send the second.
   */
  readonly asksWhere: boolean;
  readonly bytes: number;
}

/**
 * The outcome of a request that was held back; `applied` is undefined where HDFS did not answer.
 */
export interface LateOutcome {
  readonly request: PassingRequest;
  readonly applied: boolean | undefined;
}

/**
 * What happens to a request, and to each repetition with the same id where the protocol has ids:
 *
 * - `refuse`: no byte reaches HDFS, and the client's connection is reset.
 * - `cut`: `atBytes` bytes of the body reach HDFS, then both connections end. Of a packet, only
 *   bytes that were not in the block before count.
 * - `swallow`: HDFS carries out the request, and the client's connection is reset without an
 *   answer.
 * - `hold`: no byte reaches HDFS until `release`, even if the client has gone by then.
 * - `half-open`: `atBytes` bytes of the body reach HDFS. Until `release` neither side hears of the
 *   other again.
 * - `delay`: the request reaches HDFS `ms` milliseconds later.
 * - `before`: `act` runs before HDFS gets the request.
 * - `after`: `act` runs when HDFS has answered, before the client gets the answer.
 */
export type HdfsFault =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'swallow' | 'hold'; readonly repetition?: 'passes' }
  | { readonly kind: 'cut' | 'half-open'; readonly atBytes: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'before' | 'after'; readonly act: () => unknown };

/** All given conditions must hold. Without `to`, only the second request of a transfer matches. */
export interface Target {
  readonly op: string | readonly string[];
  readonly to?: PassingRequest['to'];
  readonly path?: RegExp;
  readonly where?: (query: URLSearchParams) => boolean;
}

export function isTarget({ op, to, path, where }: Target, request: PassingRequest): boolean {
  const ops: readonly string[] = typeof op === 'string' ? [op] : op;
  const isMeant = to === undefined ? !request.asksWhere : to === request.to;
  const isKind = ops.includes(request.op) && isMeant;
  return isKind && (path?.test(request.path) ?? true) && (where?.(request.query) ?? true);
}
