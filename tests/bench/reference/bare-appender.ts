/** The reference for the latency: one line appended to a file of its own. */
export interface BareAppender {
  create(): Promise<void>;
  /** Resolves with the time that the append took, in ms. */
  append(): Promise<number>;
  close(): void;
}
