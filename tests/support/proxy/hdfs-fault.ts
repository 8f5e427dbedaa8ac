/**
 * A request on its way through a proxy, in the words of WebHDFS. HDFS's own protocol has the same operations: a packet of data
 * is an APPEND, a read an OPEN; what only it has is called as it calls it.
 */
export interface PassingRequest {
  readonly op: string;
  /** Of the file or folder, without `/webhdfs/v1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly to: 'namenode' | 'datanode';
  /** The first of the two requests that WebHDFS makes of a transfer: it changes nothing, and is told where to send the second. */
  readonly asksWhere: boolean;
  readonly bytes: number;
}

/** What came of a request that was held back: undefined where HDFS did not say. */
export interface LateOutcome {
  readonly request: PassingRequest;
  readonly applied: boolean | undefined;
}

/**
 * What happens to a request, and to every repetition of it under the same id, where a protocol has that:
 *
 * - `refuse`: nothing of it reaches HDFS; the connection is reset.
 * - `cut`: so many bytes of its body reach HDFS, then both connections end. Of a packet so many bytes of what is new in it.
 * - `swallow`: HDFS carries it out, but its answer never comes: the connection is reset.
 * - `hold`: nothing reaches HDFS until `release`, whoever still waits for it then.
 * - `half-open`: so many bytes of its body reach HDFS, and neither side ever hears of the other again, until `release`.
 * - `delay`: reaches HDFS so much later.
 * - `before`, `after`: something is done before HDFS gets it, or when HDFS has answered and nobody knows yet.
 */
export type HdfsFault =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'swallow' | 'hold'; readonly repetition?: 'passes' }
  | { readonly kind: 'cut' | 'half-open'; readonly atBytes: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'before' | 'after'; readonly act: () => unknown };

/** All that is given has to be so. Without `to` a transfer is meant where it takes place. */
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
