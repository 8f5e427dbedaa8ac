/** Where events go. A collector that is not named is beside the page. */
export function eventsUrl(collector: string, page: string): string {
  return new URL((collector.trim() || '.').replace(/\/?$/, '/api/events'), page).href;
}
