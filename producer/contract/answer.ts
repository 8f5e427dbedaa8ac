import * as v from 'valibot';

/** What a client is told once the broker has its event. */
export const receipt = v.object({
  id: v.string(),
  timestamp: v.string(),
  topic: v.string(),
  partition: v.number(),
  offset: v.number(),
});
export type Receipt = v.InferOutput<typeof receipt>;

const refusal = {
  status: v.number(),
  /** Stable word to branch on. */
  code: v.string(),
  detail: v.string(),
  /** The event's, where it has one: what is sent again under it is stored once. */
  id: v.optional(v.string()),
  /** Every mistake of a refused request, where there are any. */
  problems: v.optional(v.array(v.string())),
};

/** How one event of a batch ended; `status` is what the event alone would have been answered with. */
export const batchItem = v.union([
  v.object({ status: v.literal(200), ...receipt.entries }),
  v.object({ status: v.literal(204), code: v.picklist(['dropped', 'prefetch']) }),
  v.object({ ...refusal, retryAfterSeconds: v.optional(v.number()) }),
]);
export type BatchItem = v.InferOutput<typeof batchItem>;

/** The answer to a batch, in the order of its events. */
export const batchAnswer = v.object({ events: v.array(batchItem) });
export type BatchAnswer = v.InferOutput<typeof batchAnswer>;

/** An answer that is not a success, as application/problem+json (RFC 9457). */
export const problem = v.object({
  type: v.string(),
  title: v.string(),
  ...refusal,
  /** Of a batch whose events all ended alike. */
  events: v.optional(v.array(batchItem)),
});
export type Problem = v.InferOutput<typeof problem>;
