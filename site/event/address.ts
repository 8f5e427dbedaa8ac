/**
 * The address of one path of the producer's API. `producer` is the producer's address. An empty one
 * stands for the folder of the page itself.
 */
export function apiUrl(producer: string, path: '/api/select' | '/api/events'): string {
  return new URL((producer.trim() || '.').replace(/\/?$/, path), document.baseURI).href;
}
