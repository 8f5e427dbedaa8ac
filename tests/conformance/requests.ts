export const PRODUCER = 'https://producer.example';

export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

/** A request with one event in its query. */
export function select(
  event: Readonly<Record<string, string>>,
  headers: Record<string, string> = {},
): Request {
  return new Request(`${PRODUCER}/api/select?${new URLSearchParams(event)}`, {
    headers: { 'User-Agent': BROWSER, ...headers },
  });
}

/** A request with one event in its body, or a list of events. */
export function post(body: unknown, type = 'application/json'): Request {
  return postRaw(JSON.stringify(body), type);
}

/** A request whose body may be no event at all. */
export function postRaw(body: string | Uint8Array<ArrayBuffer>, type: string): Request {
  return new Request(`${PRODUCER}/api/events`, { method: 'POST', body, headers: { 'Content-Type': type } });
}
