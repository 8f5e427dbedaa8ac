import * as v from 'valibot';

/** What the producer tells a client once the broker has the event. */
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
  /** A stable word for programs to branch on. */
  code: v.string(),
  detail: v.string(),
  /** The event's `id`, where it has one. Sent again under this `id`, the event is stored once. */
  id: v.optional(v.string()),
  /** Every mistake of a refused request, if there are any. */
  problems: v.optional(v.array(v.string())),
};

/** How one event of a batch ended. `status` is the one that the event alone would have had. */
export const batchItem = v.union([
  v.object({ status: v.literal(200), ...receipt.entries }),
  v.object({ status: v.literal(204), code: v.picklist(['dropped', 'prefetch']) }),
  v.object({ ...refusal, retryAfterSeconds: v.optional(v.number()) }),
]);
export type BatchItem = v.InferOutput<typeof batchItem>;

/** The answer to a batch, in the order of its events. */
export const batchAnswer = v.object({ events: v.array(batchItem) });
export type BatchAnswer = v.InferOutput<typeof batchAnswer>;

/** The answer to a request without success, as application/problem+json (RFC 9457). */
export const problem = v.object({
  type: v.string(),
  title: v.string(),
  ...refusal,
  /** The events of a batch, if all of them ended alike. */
  events: v.optional(v.array(batchItem)),
});
export type Problem = v.InferOutput<typeof problem>;
