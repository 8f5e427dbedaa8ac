/** What every worker says of itself, besides what its role has to say. */
export interface Report {
  /** What does not go on though nothing outside is in its way. */
  readonly standstill?: string | undefined;
}

/** What a supervisor asks for: a report, over the channel that Node gives a child process. */
export interface ToWorker {
  readonly id: number;
}
/** What a worker tells: the answer to a question, or unasked and without an id. */
export type FromWorker<R> = { readonly id?: number; readonly report: R };
