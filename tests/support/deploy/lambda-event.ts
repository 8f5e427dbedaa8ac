/** The format in which a platform hands a request to a Lambda function. */
export type EventFormat =
  | 'API Gateway v1'
  | 'API Gateway v2'
  | 'function URL'
  | 'load balancer'
  | 'load balancer with multi-value headers';

/**
 * The event with which a platform hands a request over, with the fields that carry the request. A
 * platform sends some bodies as base64, depending on its configuration and the body's type. Here
 * JSON comes as text and every other body as base64, so both occur.
 */
export async function lambdaEvent(format: EventFormat, request: Request, from: string): Promise<object> {
  const forwarded = new Headers(request.headers);
  forwarded.append('X-Forwarded-For', from);
  forwarded.set('Host', new URL(request.url).host);
  const parts = { url: new URL(request.url), method: request.method, headers: forwarded, from };
  const body = await bodyOf(request);
  switch (format) {
    case 'API Gateway v1':
      return { ...restEvent(parts), ...body };
    case 'API Gateway v2':
    case 'function URL':
      return { ...httpEvent(parts), ...body };
    case 'load balancer':
      return { ...balancerEvent(parts), ...body };
    case 'load balancer with multi-value headers':
      return { ...balancerEvent(parts), ...multiValues(parts), ...body };
  }
}

interface Parts {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly from: string;
}

/**
 * API Gateway decodes the values of the query.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
function restEvent({ url, method, headers, from }: Parts): object {
  const pairs = [...url.searchParams];
  return {
    resource: '/{proxy+}',
    path: url.pathname,
    httpMethod: method,
    headers: Object.fromEntries(headers),
    multiValueHeaders: grouped(
      [...headers].flatMap(([name, value]) => value.split(', ').map((one) => [name, one])),
    ),
    queryStringParameters: pairs.length === 0 ? null : Object.fromEntries(pairs),
    multiValueQueryStringParameters: pairs.length === 0 ? null : grouped(pairs),
    pathParameters: { proxy: url.pathname.slice(1) },
    stageVariables: null,
    requestContext: {
      stage: 'prod',
      path: `/prod${url.pathname}`,
      httpMethod: method,
      identity: { sourceIp: from },
    },
  };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
function httpEvent({ url, method, headers, from }: Parts): object {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(headers),
    queryStringParameters: Object.fromEntries(url.searchParams),
    requestContext: {
      domainName: url.host,
      stage: '$default',
      http: { method, path: url.pathname, protocol: 'HTTP/1.1', sourceIp: from, userAgent: '' },
    },
  };
}

/**
 * A load balancer passes the values of the query as the client sent them.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
function balancerEvent({ url, method, headers }: Parts): object {
  return {
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/t/1' } },
    httpMethod: method,
    path: url.pathname,
    queryStringParameters: Object.fromEntries(rawPairs(url)),
    headers: Object.fromEntries(headers),
  };
}

/** Replaces the single values where the target group has `lambda.multi_value_headers.enabled`. */
function multiValues({ url, headers }: Parts): object {
  return {
    headers: undefined,
    queryStringParameters: undefined,
    multiValueHeaders: grouped([...headers]),
    multiValueQueryStringParameters: grouped(rawPairs(url)),
  };
}

function rawPairs(url: URL): [string, string][] {
  return url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
}

function grouped(pairs: readonly (readonly string[])[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [name = '', value = ''] of pairs) groups[name] = [...(groups[name] ?? []), value];
  return groups;
}

async function bodyOf(request: Request): Promise<{ body: string | null; isBase64Encoded: boolean }> {
  if (request.body === null) return { body: null, isBase64Encoded: false };
  const bytes = Buffer.from(await request.arrayBuffer());
  const isBase64Encoded = request.headers.get('Content-Type') !== 'application/json';
  return { body: bytes.toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded };
}

/** The answer of a function. The platform turns it into a response. */
export interface LambdaResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

export function responseOf({
  statusCode,
  headers = {},
  multiValueHeaders,
  body,
  isBase64Encoded,
}: LambdaResult): Response {
  const single = Object.entries(headers);
  const several = Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const hasBody = statusCode !== 204;
  return new Response(hasBody ? bytes : null, { status: statusCode, headers: [...single, ...several] });
}
