/** The reference of the latency. */
export interface BareAppender {
  create(): Promise<void>;
  /** Resolves with how long it took, ms. */
  append(): Promise<number>;
  close(): void;
}
