export const COLLECTOR = 'https://collector.example';

export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

/** One event in a query. */
export function select(
  event: Readonly<Record<string, string>>,
  headers: Record<string, string> = {},
): Request {
  return new Request(`${COLLECTOR}/api/select?${new URLSearchParams(event)}`, {
    headers: { 'User-Agent': BROWSER, ...headers },
  });
}

/** One event or a list of them. */
export function post(body: unknown, type = 'application/json'): Request {
  return postRaw(JSON.stringify(body), type);
}

/** What may be no event at all. */
export function postRaw(body: string | Uint8Array<ArrayBuffer>, type: string): Request {
  return new Request(`${COLLECTOR}/api/events`, { method: 'POST', body, headers: { 'Content-Type': type } });
}
