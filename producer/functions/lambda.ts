// Hono marks this import deprecated in favour of the package @hono/aws-lambda, which npm lacks yet.
import {
  type APIGatewayProxyResult,
  getConnInfo,
  handle,
  type LambdaContext,
  type LambdaEvent,
} from 'hono/aws-lambda';
import { startFunction } from './function.ts';

/** The part of a call's time in which its answer leaves. */
const ANSWER_MS = 500;

const { app, drain } = startFunction({
  peerOf: (c) => getConnInfo(c).remote.address,
  remainingMsOf: (c) => c.env.lambdaContext.getRemainingTimeInMillis() - ANSWER_MS,
});

// Lambda sends SIGTERM only to functions with an extension, and never during a call.
process.once('SIGTERM', () => void drain().finally(() => process.exit(0)));

const answer = handle(app);

/** Takes the events of API Gateway (both payload formats), function URLs and load balancers. */
export function handler(event: LambdaEvent, context: LambdaContext): Promise<APIGatewayProxyResult> {
  return answer(withoutUselessBody(event), context);
}

/**
 * A Request takes no body for GET and HEAD, and Hono then answers by itself. A server passes over
 * such a body.
 */
function withoutUselessBody(event: LambdaEvent): LambdaEvent {
  return ['GET', 'HEAD'].includes(methodOf(event)) ? { ...event, body: null } : event;
}

function methodOf(event: LambdaEvent): string {
  if ('httpMethod' in event) return event.httpMethod;
  return 'method' in event ? event.method : event.requestContext.http.method;
}
