/** A WebHDFS request on its way through the proxy. */
export interface PassingRequest {
  readonly op: string;
  /** Of the file or folder, without `/webhdfs/v1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Which of the two requests of a transfer this is: the one to the NameNode changes nothing. */
  readonly to: 'namenode' | 'datanode';
  readonly bytes: number;
}

/**
 * What happens to a request:
 *
 * - `refuse`: nothing of it reaches HDFS; the connection is reset.
 * - `cut`: so many bytes of its body reach HDFS, then both connections end.
 * - `swallow`: HDFS carries it out, but its answer never comes: the connection is reset.
 * - `hold`: nothing reaches HDFS until `release`, whoever still waits for it then.
 * - `half-open`: so many bytes of its body reach HDFS, and neither side ever hears of the other again, until `release`.
 * - `delay`: reaches HDFS so much later.
 * - `before`, `after`: something is done before HDFS gets it, or when HDFS has answered and nobody knows yet.
 */
export type HdfsFault =
  | { readonly kind: 'refuse' | 'swallow' | 'hold' }
  | { readonly kind: 'cut' | 'half-open'; readonly atBytes: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'before' | 'after'; readonly act: () => unknown };

/** All that is given has to be so. An operation with a body is meant where it changes something: at the DataNode. */
export interface Target {
  readonly op: string | readonly string[];
  readonly to?: PassingRequest['to'];
  readonly path?: RegExp;
  readonly where?: (query: URLSearchParams) => boolean;
}

const TRANSFERS = ['APPEND', 'CREATE', 'OPEN'];

export function isTarget({ op, to, path, where }: Target, request: PassingRequest): boolean {
  const ops: readonly string[] = typeof op === 'string' ? [op] : op;
  const hop = to ?? (TRANSFERS.includes(request.op) ? 'datanode' : 'namenode');
  const isKind = ops.includes(request.op) && hop === request.to;
  return isKind && (path?.test(request.path) ?? true) && (where?.(request.query) ?? true);
}
