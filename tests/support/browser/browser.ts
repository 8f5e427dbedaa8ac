import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../../../infra/setup/host/chromium.mjs';

/** Starts a real Chromium that asks the network for nothing by itself. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('no Chromium: npm run setup -- --for-tests, or set CHROMIUM_PATH');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
