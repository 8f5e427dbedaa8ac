/**
 * `node answers.mjs <url>` exits 0 where the URL answers with success, else 1. Health checks run
 * it.
 */
const answer = await fetch(process.argv[2] ?? '', { signal: AbortSignal.timeout(4_000) }).catch(
  () => undefined,
);
process.exit(answer?.ok ? 0 : 1);
