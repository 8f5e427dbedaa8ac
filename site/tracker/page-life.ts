/** Sends when the page goes, when it is shown again, and at once when the network is back. */
export function onPageLife(endBackOff: () => void, beacon: () => void, runNext: () => void): void {
  addEventListener('online', () => {
    endBackOff();
    runNext();
  });
  addEventListener('pagehide', beacon);
  addEventListener('visibilitychange', () => (document.hidden ? beacon() : runNext()));
}
