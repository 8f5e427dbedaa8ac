// Marked deprecated in favour of the package @hono/aws-lambda, which npm does not have yet.
import { getConnInfo, handle } from 'hono/aws-lambda';
import { startFunction } from './function.ts';

/** What is left of a call's time for its answer to leave. */
const ANSWER_MS = 500;

const { app, drain } = startFunction({
  peerOf: (c) => getConnInfo(c).remote.address,
  remainingMsOf: (c) => c.env.lambdaContext.getRemainingTimeInMillis() - ANSWER_MS,
});

// Sent only to functions with an extension, and never during a call.
process.once('SIGTERM', () => void drain().finally(() => process.exit(0)));

/** Takes the events of API Gateway (both payload formats), function URLs and load balancers. */
export const handler = handle(app);
