// Marked deprecated in favour of the package @hono/aws-lambda, which npm does not have yet.
import {
  type APIGatewayProxyResult,
  getConnInfo,
  handle,
  type LambdaContext,
  type LambdaEvent,
} from 'hono/aws-lambda';
import { startFunction } from './function.ts';

/** What is left of a call's time for its answer to leave. */
const ANSWER_MS = 500;

const { app, drain } = startFunction({
  peerOf: (c) => getConnInfo(c).remote.address,
  remainingMsOf: (c) => c.env.lambdaContext.getRemainingTimeInMillis() - ANSWER_MS,
});

// Sent only to functions with an extension, and never during a call.
process.once('SIGTERM', () => void drain().finally(() => process.exit(0)));

const answer = handle(app);

/** Takes the events of API Gateway (both payload formats), function URLs and load balancers. */
export function handler(event: LambdaEvent, context: LambdaContext): Promise<APIGatewayProxyResult> {
  return answer(withoutUselessBody(event), context);
}

/** A Request takes no body for these methods, and hono then answers by itself; a server does not look at such a body. */
function withoutUselessBody(event: LambdaEvent): LambdaEvent {
  return ['GET', 'HEAD'].includes(methodOf(event)) ? { ...event, body: null } : event;
}

function methodOf(event: LambdaEvent): string {
  if ('httpMethod' in event) return event.httpMethod;
  return 'method' in event ? event.method : event.requestContext.http.method;
}
